import assert from "node:assert/strict";
import { parseZooCfg } from "../../../../src/config/zoo_cfg.ts";
import { type SurveyOptions, surveyQuorum } from "../../../../src/daemon/quorum/quorum_survey.ts";
import { freePort } from "../../../support/ports.ts";
import { RawServer } from "../../../support/raw_server.ts";
import { SilentServer } from "../../../support/silent_server.ts";

const LEADER = "Zookeeper version: 3.8.0--1, built\nZxid: 0x1\nMode: leader\n";

/** The states of the servers that the text names, `kind: what is told`. */
async function survey(
  text: string,
  { isLocal = () => true, limitMs = 10_000, signal = new AbortController().signal }: Partial<
    SurveyOptions
  > = {},
): Promise<string[]> {
  const servers = await surveyQuorum(parseZooCfg(text, "zoo.cfg"), { isLocal, limitMs, signal });
  return servers.map(({ state }) => {
    if (state.kind === "serving") return `serving: ${state.mode}`;
    return "reason" in state ? `${state.kind}: ${state.reason}` : state.kind;
  });
}

function server(text: string, hostname = "127.0.0.1"): RawServer {
  return RawServer.start(async (visit) => {
    if (await visit.readUntil("srvr") === "srvr") await visit.say(text);
  }, { hostname });
}

Deno.test("surveyQuorum() asks every server at its own port", async () => {
  await using one = server("This ZooKeeper instance is not currently serving requests\n");
  await using two = server(LEADER, "::1");
  const text = `server.1=127.0.0.1:1:2;${one.port}\nserver.2=[::1]:1:2;${two.port}\n`;
  assert.deepEqual(await survey(text), ["not-serving", "serving: leader"]);
});

Deno.test("surveyQuorum() takes the file's address for servers of this machine only", async () => {
  await using one = server(LEADER);
  const text =
    `server.1=no-such-host.invalid\nclientPort=${one.port}\nclientPortAddress=127.0.0.1\n`;
  assert.deepEqual(await survey(text), ["serving: leader"]);
  const isLocal = (host: string) => host === "localhost";
  assert.deepEqual(await survey(text, { isLocal }), [
    "not-asked: serves clients at 127.0.0.1 of its own host only",
  ]);
  const elsewhere = text.replace("=127.0.0.1\n", "=192.0.2.1\n").replace(
    "no-such-host.invalid",
    "127.0.0.1",
  );
  assert.deepEqual(await survey(elsewhere, { isLocal }), ["serving: leader"]);
});

Deno.test("surveyQuorum() knows a host of this machine by another name", async () => {
  await using one = server(LEADER);
  const text = `server.1=localhost\nclientPort=${one.port}\nclientPortAddress=127.0.0.1\n`;
  const isLocal = (host: string) => host === "127.0.0.1" || host === "::1";
  assert.deepEqual(await survey(text, { isLocal }), ["serving: leader"]);
});

Deno.test("surveyQuorum() asks nobody who serves over TLS only", async () => {
  assert.deepEqual(await survey("server.1=127.0.0.1\nsecureClientPort=2281\n"), [
    "not-asked: serves clients over TLS only (secureClientPort)",
  ]);
});

Deno.test("surveyQuorum() tells why a server does not answer", async () => {
  const [refused] = await survey(`server.1=127.0.0.1\nclientPort=${freePort()}\n`);
  assert.match(refused!, /^unreachable: .*refused/);
  const [unknown] = await survey("server.1=no-such-host.invalid\n");
  assert.match(unknown!, /^unreachable: .*no-such-host\.invalid/);
  await using silent = SilentServer.start();
  const text = `server.1=127.0.0.1\nclientPort=${silent.port}\n`;
  assert.deepEqual(await survey(text, { limitMs: 50 }), ["unreachable: no answer within 0.05 s"]);
});

const GARBAGE: [string, string | Uint8Array, RegExp][] = [
  ["says something else", "HTTP/1.1 400 Bad Request\r\n\r\n", /^unknown: it answers like no/],
  ["says nothing", "", /^unknown: it hung up without an answer$/],
  ["says bytes", new Uint8Array([0xff, 0, 0x1b, 0xc3]), /^unknown: it answers like no/],
  ["talks on and on", "Mode: leader\n".repeat(10_000), /^unreachable: its answer is longer than/],
];

for (const [what, words, expected] of GARBAGE) {
  Deno.test(`surveyQuorum() is done with a server that ${what}`, async () => {
    await using one = RawServer.start(async (visit) => {
      await visit.readUntil("srvr");
      await visit.say(words);
    });
    const [state] = await survey(`server.1=127.0.0.1\nclientPort=${one.port}\n`);
    assert.match(state!, expected);
  });
}

Deno.test("surveyQuorum() is done with a server that says a letter now and then", async () => {
  const stop = Promise.withResolvers<void>();
  await using one = RawServer.start(async (visit) => {
    await visit.say("Z");
    await stop.promise;
  });
  const text = `server.1=127.0.0.1\nclientPort=${one.port}\n`;
  assert.deepEqual(await survey(text, { limitMs: 50 }), ["unreachable: no answer within 0.05 s"]);
  stop.resolve();
});

Deno.test("surveyQuorum() ends when it is told to", async () => {
  await using silent = SilentServer.start();
  const controller = new AbortController();
  const text = `server.1=127.0.0.1\nclientPort=${silent.port}\n`;
  const asked = survey(text, { signal: controller.signal });
  controller.abort(new Error("enough"));
  await assert.rejects(asked, /enough/);
});
