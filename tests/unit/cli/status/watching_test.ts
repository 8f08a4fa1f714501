import assert from "node:assert/strict";
import type { ClusterPicture } from "../../../../src/cli/status/cluster_look.ts";
import { watchCluster } from "../../../../src/cli/status/watching.ts";
import { leading, picture, unreachable, view } from "./pictures.ts";

const WELL = picture();
const SILENT = picture({ masters: [leading("a"), view("b", unreachable())] });

function withLease(leaseLeftMs: number): ClusterPicture {
  const leader = { address: "http://a:8081", leaderSessionId: "", epoch: "7", leaseLeftMs };
  const session = leading("a");
  if (session.answer.kind !== "master") throw new Error("a leads");
  const { leaderSessionId } = session.answer.status.leader!;
  return picture({
    masters: [leading("a", { leader: { ...leader, leaderSessionId } }), view("b")],
  });
}

/** Watches these pictures and then stops; what was written where. */
async function watching(
  pictures: readonly ClusterPicture[],
  { isJson = false, isTerminal = false } = {},
): Promise<{ out: string[]; screen: string[]; printed: string[] }> {
  const stop = new AbortController();
  const [out, screen, printed]: string[][] = [[], [], []];
  const left = [...pictures];
  await watchCluster({
    look: ({ signal }) => {
      const next = left.shift();
      if (next === undefined) stop.abort();
      signal.throwIfAborted();
      return Promise.resolve(next!);
    },
  }, {
    isJson,
    pauseMs: 0,
    signal: stop.signal,
    context: {
      environment: {},
      output: {
        isTerminal,
        write: (piece) => {
          out!.push(new TextDecoder().decode(piece));
          return Promise.resolve(true);
        },
      },
      print: (line) => void printed!.push(line),
      ...(isTerminal
        ? { screen: { columns: 200, rows: 50, write: (text) => void screen!.push(text) } }
        : {}),
    },
  });
  return { out: out!, screen: screen!, printed: printed! };
}

Deno.test("watchCluster() writes a line for each change where no terminal reads", async () => {
  const { out } = await watching([WELL, WELL, SILENT, SILENT, WELL]);
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /;
  for (const line of out) assert.match(line, time);
  const lines = out.map((line) => line.replace(time, ""));
  const sentence =
    "cluster /cluster_one: a:8081 leads (epoch 7); workers: 1 registered, 1 expected";
  assert.equal(lines.length, 3);
  assert.equal(lines[0], `${sentence}\n`);
  assert.match(lines[1]!, /expected; master b:8081 does not answer: Connection refused/);
  assert.equal(lines[2], lines[0]);
});

Deno.test("watchCluster() writes a document for each change, and a renewed lease is none", async () => {
  const { out } = await watching([withLease(1500), withLease(900), SILENT], { isJson: true });
  assert.deepEqual(out.map((line) => JSON.parse(line).isWell), [true, false]);
});

Deno.test("watchCluster() draws on a terminal, and leaves the last picture behind", async () => {
  const { out, screen, printed } = await watching([WELL, SILENT], { isTerminal: true });
  assert.deepEqual(out, []);
  assert.equal(screen.length, 4);
  assert.match(screen[1]!, /MASTER.*a:8081.*leads \(epoch 7\)/s);
  assert.ok(screen[2]!.includes("\x1b[31mmaster b:8081 does not answer"));
  assert.equal(screen[3], "\x1b[?25h\x1b[?1049l");
  assert.match(printed.join("\n"), /master b:8081 does not answer/);
});
