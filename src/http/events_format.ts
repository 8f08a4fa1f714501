const encoder = new TextEncoder();

/** An event as text/event-stream has it; `data` as one line of JSON. */
export function formatEvent(event: string, data: unknown, id?: string): Uint8Array {
  const head = id === undefined ? "" : `id: ${id}\n`;
  return encoder.encode(`${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}

/** A comment, which readers pass over. */
export function formatComment(text: string): Uint8Array {
  return encoder.encode(`: ${text}\n\n`);
}

/** How soon a browser is to come back when a stream has ended. */
export function formatRetry(ms: number): Uint8Array {
  return encoder.encode(`retry: ${ms}\n\n`);
}
