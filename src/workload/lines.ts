const MAX_LINE_LENGTH = 1024 * 1024;

/** The lines of a stream as they come; what follows the last line end is none and is dropped. */
export async function* readLines(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop()!;
    if (rest.length > MAX_LINE_LENGTH) {
      throw new RangeError(`A line is longer than ${MAX_LINE_LENGTH} characters`);
    }
    yield* parts;
  }
}
