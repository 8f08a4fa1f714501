const V4 = /^(\+?\d+)\.(\+?\d+)\.(\+?\d+)\.(\+?\d+)$/;
const V4_IN_V6 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
const V6_GROUPS = 8;

/** The addresses whose first bits are those of one address. */
interface IpRange {
  readonly address: readonly number[];
  readonly bits: number;
}

/** Whether text is an address or a range of them, such as `10.0.0.0/8` or `fe80::/10`. */
export function isIpRange(text: string): boolean {
  return parseRange(text) !== undefined;
}

/** Whether an address lies in a range; of the other family or no address at all it does not. */
export function isInIpRange(address: string, range: string): boolean {
  const wanted = parseRange(range);
  const bytes = parseAddress(address);
  if (wanted === undefined || bytes?.length !== wanted.address.length) return false;
  return bytes.every((byte, at) => {
    const bits = Math.min(8, Math.max(0, wanted.bits - at * 8));
    return (byte ^ wanted.address[at]!) >> (8 - bits) === 0;
  });
}

function parseRange(text: string): IpRange | undefined {
  const slash = text.indexOf("/");
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  const length = address.length * 8;
  if (slash < 0) return { address, bits: length };
  const bits = text.slice(slash + 1);
  if (!/^\+?\d{1,9}$/.test(bits) || Number(bits) > length) return undefined;
  return { address, bits: Number(bits) };
}

/** Four bytes or sixteen; an IPv4 address that IPv6 carries is that IPv4 address. */
function parseAddress(text: string): readonly number[] | undefined {
  const v4 = V4.exec(V4_IN_V6.exec(text)?.[1] ?? text);
  if (v4 === null) return parseV6(text);
  const bytes = v4.slice(1).map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

function parseV6(text: string): readonly number[] | undefined {
  const halves = text.split("%", 1)[0]!.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => half === "" ? [] : half.split(":"));
  const missing = V6_GROUPS - head!.length - (tail?.length ?? 0);
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head!, ...Array<string>(missing).fill("0"), ...(tail ?? [])];
  if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  return groups.map((group) => parseInt(group, 16)).flatMap((group) => [group >> 8, group & 255]);
}
