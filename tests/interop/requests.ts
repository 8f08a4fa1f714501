import type { TestProcess } from "../support/process.ts";
import type { ZooKeeperServer } from "../support/zookeeper_server.ts";

const LIMIT_MS = 60_000;

/**
 * Does what a program of exercises asks of the server, until it says that it is done: `restart`, and
 * `expire ID` for the end of a session; each is answered with an empty line.
 */
export async function serveRequests(
  program: TestProcess,
  server: ZooKeeperServer,
  done: string,
): Promise<void> {
  const isRequest = (text: string) => text === done || /^(restart|expire -?\d+)$/.test(text);
  for (let from = 0;;) {
    const line = await program.waitForLine(isRequest, { from, limitMs: LIMIT_MS });
    from = program.lines.indexOf(line) + 1;
    if (line.text === done) return;
    if (line.text === "restart") await server.restart();
    else await server.expire(BigInt(line.text.split(" ")[1]!));
    await program.writeLine("");
  }
}

/** What a program wrote to its standard output. */
export function told(program: TestProcess): string[] {
  return program.lines.filter(({ from }) => from === "stdout").map(({ text }) => text);
}
