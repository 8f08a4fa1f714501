import assert from "node:assert/strict";
import { freePort } from "../../../support/ports.ts";
import { RawServer } from "../../../support/raw_server.ts";
import { SilentServer } from "../../../support/silent_server.ts";
import { Installation } from "../installation.ts";

const NOT_SERVING = "This ZooKeeper instance is not currently serving requests\n";
const serving = (mode: string) => `Zookeeper version: 3.8.0--1, built\nZxid: 0x1\nMode: ${mode}\n`;

/** A server of the quorum that answers with these texts in turn, the last one again and again. */
function server(...texts: string[]): RawServer {
  return RawServer.start(async (visit) => {
    await visit.readUntil("srvr");
    await visit.say(texts.length > 1 ? texts.shift()! : texts[0]!);
  });
}

async function run(ports: readonly number[], words: readonly string[] = []) {
  const lines = ports.map((port, at) =>
    `server.${at + 1}=127.0.0.1:${2 * at + 1}:${2 * at + 2};${port}`
  );
  await using installation = await Installation.create({ "zoo.cfg": lines.join("\n") });
  return await installation.run(["quorum-status", ...words]);
}

Deno.test("quorum-status prints a table and who leads", async () => {
  await using one = server(serving("follower"));
  await using two = server(serving("leader"));
  const dead = freePort();
  const { code, out, errors } = await run([one.port, two.port, dead]);
  assert.deepEqual([code, errors], [0, []]);
  assert.deepEqual(out.slice(0, 3), [
    "ID  HOST       STATE",
    `1   127.0.0.1  follower     127.0.0.1:${one.port}`,
    `2   127.0.0.1  leader       127.0.0.1:${two.port}`,
  ]);
  assert.match(out[3]!, /^3 {3}127\.0\.0\.1 {2}unreachable {2}127\.0\.0\.1:\d+: .*refused/);
  assert.equal(out[4], "Server 2 (127.0.0.1) leads the quorum of 3; 1 follows, 1 is missing.");
});

Deno.test("quorum-status says what is missing", async () => {
  await using one = server(NOT_SERVING);
  const { code, out, errors } = await run([one.port, freePort(), freePort()]);
  assert.equal(code, 1);
  assert.match(out[1]!, /^1 {3}127\.0\.0\.1 {2}not serving {2}/);
  assert.deepEqual(errors, ["masterd: 1 of 3 servers answers: no quorum."]);
});

Deno.test("quorum-status warns of two that lead", async () => {
  await using one = server(serving("leader"));
  await using two = server(serving("leader"));
  const { code, errors } = await run([one.port, two.port]);
  assert.equal(code, 1);
  assert.match(errors[0]!, /^warning: servers 1 and 2 say that they lead; /);
  assert.equal(errors[1], "masterd: Servers 1 and 2 say that they lead: no quorum is sure.");
});

Deno.test("quorum-status --wait asks again until a majority serves and all that run have joined", async () => {
  await using one = server(NOT_SERVING, NOT_SERVING, serving("follower"));
  await using two = server(NOT_SERVING, serving("leader"));
  await using three = server(NOT_SERVING, serving("follower"));
  const { code, out } = await run([one.port, two.port, three.port], ["--wait", "60"]);
  assert.equal(code, 0);
  assert.equal(out.at(-1), "Server 2 (127.0.0.1) leads the quorum of 3; 2 follow.");
});

Deno.test("quorum-status --wait goes on if the majority is lost before all have joined", async () => {
  const [leads, lost] = [serving("leader"), new Array<string>(20).fill(NOT_SERVING)];
  await using one = server(leads, ...lost, leads);
  await using two = server(serving("follower"), ...lost, serving("follower"));
  await using three = server(NOT_SERVING, ...lost, serving("follower"));
  const { code } = await run([one.port, two.port, three.port], ["--wait", "60"]);
  assert.equal(code, 0);
});

Deno.test("quorum-status --wait ends when the time is up", async () => {
  const { code, errors } = await run([freePort(), freePort()], ["--wait", "0.1"]);
  assert.deepEqual([code, errors], [75, ["masterd: 0 of 2 servers answer: no quorum."]]);
});

Deno.test("quorum-status --wait gives a silent server no more time than is left, but a second", async () => {
  await using silent = SilentServer.start();
  const { code, out } = await run([silent.port, freePort()], ["--wait", "0.1"]);
  assert.equal(code, 75);
  assert.match(out[1]!, /: no answer within 1 s$/);
});

Deno.test("quorum-status --wait does not wait for those that cannot be asked", async () => {
  await using installation = await Installation.create({
    "zoo.cfg": "server.1=a\nserver.2=b\nsecureClientPort=2281\n",
  });
  const { code, out, errors } = await installation.run(["quorum-status", "--wait", "600"]);
  assert.equal(code, 1);
  assert.equal(out[1], "1   a     not asked  serves clients over TLS only (secureClientPort)");
  assert.deepEqual(errors, ["masterd: No server can be asked: nothing is known of the quorum."]);
});

Deno.test("quorum-status --json prints all that is known", async () => {
  await using one = server(serving("leader"));
  await using two = server(serving("follower"));
  await using three = server("\u001b[2J");
  const { code, out } = await run([one.port, two.port, three.port], ["--json"]);
  assert.equal(code, 0);
  const { servers, ...rest } = JSON.parse(out.join("\n"));
  assert.deepEqual(rest, {
    hasQuorum: true,
    leader: 1,
    message: "Server 1 (127.0.0.1) leads the quorum of 3; 1 follows, 1 is missing.",
    warnings: [],
  });
  assert.deepEqual(servers[0], {
    id: 1,
    host: "127.0.0.1",
    address: `127.0.0.1:${one.port}`,
    isObserver: false,
    state: "leader",
    zxid: "0x1",
    version: "3.8.0",
  });
  assert.equal(servers[2].state, "unknown");
});

Deno.test("quorum-status needs servers, and a time that is one", async () => {
  await using installation = await Installation.create({ "zoo.cfg": "clientPort=2181\n" });
  const { code, errors } = await installation.run(["quorum-status"]);
  assert.deepEqual([code, errors], [
    78,
    ["conf/zoo.cfg: names no server; write server.1=host for each, with ids of their own"],
  ]);
  assert.equal((await installation.run(["quorum-status", "--wait", "x"])).code, 64);
});
