/** Sends one of ZooKeeper's four letter words and returns the answer; fails after `limitMs`. */
export async function fourLetterWord(
  address: string,
  word: string,
  options: { limitMs?: number } = {},
): Promise<string> {
  const { limitMs = 2000 } = options;
  const colon = address.lastIndexOf(":");
  const connection = await Deno.connect({
    hostname: address.slice(0, colon).replace(/^\[|\]$/g, ""),
    port: Number(address.slice(colon + 1)),
  });
  const timer = setTimeout(() => close(connection), limitMs);
  try {
    await connection.write(new TextEncoder().encode(word));
    return await new Response(connection.readable).text();
  } finally {
    clearTimeout(timer);
    close(connection);
  }
}

// The stream closes the connection itself at its end, which may come first.
function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
