const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What a put of this number stores: as many bytes as are asked for, and different from any other put's. */
export function contentOf(name: string, number: number, length: number): Uint8Array {
  const head = encoder.encode(`${name} ${number}\n`);
  const bytes = new Uint8Array(Math.max(length, head.length));
  bytes.set(head);
  for (let at = head.length; at < bytes.length; at++) bytes[at] = (at * 31 + number) & 0xff;
  return bytes;
}

/** The number of the put that stored this; undefined if no put of this entry did. */
export function numberIn(name: string, content: Uint8Array): number | undefined {
  const end = content.indexOf(0x0a);
  const [own, number, ...rest] = decoder.decode(content.subarray(0, Math.max(end, 0))).split(" ");
  if (own !== name || rest.length > 0 || !/^\d+$/.test(number ?? "")) return undefined;
  const expected = contentOf(name, Number(number), content.length);
  return content.every((byte, at) => byte === expected[at]) ? Number(number) : undefined;
}
