import assert from "node:assert/strict";
import {
  parseServerAnswer,
  type ServerState,
} from "../../../../src/daemon/quorum/server_answer.ts";

function answer(mode: string): string {
  return `Zookeeper version: 3.8.0--1, built on 2023-09-03 13:32 UTC
Latency min/avg/max: 0/0.0/0
Received: 1
Zxid: 0x100000002
Mode: ${mode}
Node count: 5
`;
}

const unknown = (reason: string): ServerState => ({ kind: "unknown", reason });
const like = (text: string) => unknown(`it answers like no ZooKeeper: ${text}`);

const ANSWERS: [string, ServerState][] = [
  ...(["leader", "follower", "observer", "standalone", "read-only"] as const).map(
    (mode): [string, ServerState] => [
      answer(mode),
      { kind: "serving", mode, zxid: "0x100000002", version: "3.8.0" },
    ],
  ),
  ["This ZooKeeper instance is not currently serving requests\n", { kind: "not-serving" }],
  [
    "srvr is not executed because it is not in the whitelist.\n",
    unknown("srvr is not in its 4lw.commands.whitelist"),
  ],
  ["", unknown("it hung up without an answer")],
  [answer("king"), like(JSON.stringify(answer("king").slice(0, 60).replaceAll("\n", "?")))],
  ["Mode: leader\n", like('"Mode: leader"')],
  ["HTTP/1.1 400 Bad Request\r\n\r\n", like('"HTTP/1.1 400 Bad Request"')],
  ["\u001b[2J\u0000", like('"?[2J?"')],
];

for (const [text, expected] of ANSWERS) {
  Deno.test(`parseServerAnswer() reads ${JSON.stringify(text.slice(-40))}`, () => {
    assert.deepEqual(parseServerAnswer(text), expected);
  });
}

Deno.test("parseServerAnswer() leaves out what is no version and no zxid", () => {
  const text = "Zookeeper version: \u001b[2J\nZxid: 0xffffffffffffffffff\nMode: leader\n";
  assert.deepEqual(parseServerAnswer(text), {
    kind: "serving",
    mode: "leader",
    zxid: undefined,
    version: undefined,
  });
});
