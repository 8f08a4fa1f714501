import assert from "node:assert/strict";
import { OpCode } from "../../../src/zookeeper/wire/constants.ts";
import { pathWatchRequest } from "../../../src/zookeeper/wire/records.ts";
import { TestQuorumServer } from "../../support/quorum_server.ts";
import { RawZooKeeper, request } from "../../support/raw_zookeeper.ts";

Deno.test("a server answers srvr in the lines of ZooKeeper", async () => {
  await using server = await TestQuorumServer.start();
  const lines = (await server.fourLetterWord("srvr")).split("\n");
  assert.equal(lines[0], "Zookeeper version: 3.8.0-test");
  assert.match(lines[1]!, /^Latency min\/avg\/max: \d+\/\d+\.\d+\/\d+$/);
  assert.deepEqual(lines.slice(2), [
    "Received: 1",
    "Sent: 0",
    "Connections: 1",
    "Outstanding: 0",
    "Zxid: 0x0",
    "Mode: standalone",
    "Node count: 5",
    "",
  ]);
});

Deno.test("a server answers each word that is allowed, and then hangs up", async () => {
  await using server = await TestQuorumServer.start();
  const { client, session } = await RawZooKeeper.open(server.port, { timeoutMs: 4000 });
  using _ = client;
  const id = `0x${session.sessionId.toString(16)}`;
  for (
    const [word, answer] of [
      ["ruok", /^imok$/],
      ["isro", /^rw$/],
      [
        "stat",
        /^Zookeeper version: .*\nClients:\n(?: \/127\.0\.0\.1:\d+\[[01]\]\(queued=0,recved=1,sent=[01]\)\n){2}\nLatency /,
      ],
      ["cons", new RegExp(`,sid=${id},lop=SESS,est=\\d+,to=4000,lcxid=0x0,lzxid=0x1,`)],
      ["mntr", /^zk_version\t3\.8\.0-test\nzk_server_state\tstandalone\n/],
      [
        "conf",
        /^clientPort=\d+\n(?:.*\n)*tickTime=500\nmaxClientCnxns=0\nminSessionTimeout=1000\n/,
      ],
      [
        "dump",
        new RegExp(
          `^SessionTracker dump:\\nSession Sets \\(1\\)/\\(1\\):\\n1 expire at .*:\\n\\t${id}\\n`,
        ),
      ],
      ["wchs", /^0 connections watching 0 paths\nTotal watches:0\n$/],
      ["srst", /^Server stats reset\.\n$/],
    ] as const
  ) {
    assert.match(await server.fourLetterWord(word), answer);
  }
});

Deno.test("a server answers no word that is not allowed, and only srvr unless told", async () => {
  await using server = await TestQuorumServer.start({
    settings: { allowedWords: new Set(["srvr"]) },
  });
  assert.match(await server.fourLetterWord("srvr"), /^Zookeeper version/);
  for (const word of ["ruok", "stat", "gtmk"]) {
    const refusal = `${word} is not executed because it is not in the whitelist.\n`;
    assert.equal(await server.fourLetterWord(word), refusal);
  }
  assert.equal(await server.fourLetterWord("abcd"), "");
});

Deno.test("a server takes a word in pieces, and nothing behind it", async () => {
  await using server = await TestQuorumServer.start();
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  const say = (text: string) => connection.write(new TextEncoder().encode(text));
  await say("ru");
  await say("ok");
  await say("srvr");
  const text = await new Response(connection.readable).text();
  assert.equal(text, "imok");
});

Deno.test("a server tells who watches what", async () => {
  await using server = await TestQuorumServer.start();
  const { client, session } = await RawZooKeeper.open(server.port);
  using _ = client;
  const id = `0x${session.sessionId.toString(16)}`;
  await client.send(request(1, OpCode.exists, (writer) => {
    pathWatchRequest.write(writer, { path: "/", watch: true });
  }));
  assert.equal((await client.reply())?.error, 0);
  assert.equal(
    await server.fourLetterWord("wchs"),
    "1 connections watching 1 paths\nTotal watches:1\n",
  );
  assert.equal(await server.fourLetterWord("wchc"), `${id}\n\t/\n\n`);
  assert.equal(await server.fourLetterWord("wchp"), `/\n\t${id}\n\n`);
});
