import assert from "node:assert/strict";
import { PlainHttpServer } from "../../../support/plain_http_server.ts";
import { freePort } from "../../../support/ports.ts";
import { Installation } from "../installation.ts";

/** What the lone master of a cluster without high availability says. */
function document(role: string, workerHosts: readonly string[]): string {
  return JSON.stringify({
    node: { host: "localhost", webuiPort: 8081, rpcPort: 1, pid: 42, version: "0", startedAt: "" },
    clusterId: "/default",
    role,
    leader: { address: "http://localhost:8081", leaderSessionId: "0", epoch: "0", own: true },
    connection: { kind: "none" },
    workers: workerHosts.map((host) => ({ host })),
  });
}

async function run(port: number, ...words: string[]) {
  await using installation = await Installation.create({
    "flink-conf.yaml": `jobmanager.rpc.address: localhost\nrest.port: ${port}\n`,
    "workers": "localhost\n",
  });
  return await installation.run(["status", ...words]);
}

function serve(answer: () => string): PlainHttpServer {
  return PlainHttpServer.start(() => Promise.resolve({ status: 200, body: answer() }));
}

Deno.test("status shows a master without high availability and its workers", async () => {
  await using server = serve(() => document("leader", ["127.0.0.1"]));
  const { code, out, errors } = await run(server.port);
  assert.deepEqual([code, errors], [0, []]);
  assert.match(out[1]!, new RegExp(`^localhost:${server.port} +leader +0 +- +none +- +42 +0$`));
  assert.equal(
    out.at(-1),
    `cluster /default: localhost:${server.port} leads (epoch 0); workers: 1 registered, 1 expected`,
  );
});

Deno.test("status says what is missing, a line each, exit code 1", async () => {
  await using server = serve(() => document("leader", []));
  const { code, errors } = await run(server.port);
  assert.deepEqual([code, errors], [
    1,
    ["masterd: worker host localhost: its worker is not registered"],
  ]);
});

Deno.test("status ends with 69 if nobody answers", async () => {
  const { code, errors } = await run(freePort());
  assert.equal(code, 69);
  assert.match(errors[1]!, /^masterd: master localhost:\d+ does not answer: Connection refused$/);
});

Deno.test("status --wait looks again until all is well", async () => {
  let looks = 0;
  await using server = serve(() => document("leader", looks++ === 0 ? [] : ["localhost"]));
  assert.equal((await run(server.port, "--wait", "60")).code, 0);
  assert.equal(looks, 2);
});

Deno.test("status --wait ends with 75 when the time is up, and says what is missing", async () => {
  const { code, out, errors } = await run(freePort(), "--wait", "0.01");
  assert.equal(code, 75);
  assert.match(out[1]!, /^localhost:\d+ +unreachable /);
  assert.equal(errors[0], "masterd: no master says that it leads");
  assert.equal(errors.at(-1), "masterd: not all is well within 0.01 s");
});

Deno.test("status --roles prints roles and nothing else, though workers are missing", async () => {
  await using server = serve(() => document("leader", []));
  const { code, out, errors } = await run(server.port, "--roles");
  assert.deepEqual([code, out, errors], [0, [`localhost\t${server.port}\tleader`], []]);
});

Deno.test("status --json prints one document and no text", async () => {
  await using server = serve(() => document("starting", []));
  const { code, out, errors } = await run(server.port, "--json");
  assert.deepEqual([code, errors, out.length], [1, [], 1]);
  const { masters, problems } = JSON.parse(out[0]!);
  assert.equal(masters[0].role, "starting");
  assert.deepEqual(problems.map(({ kind }: { kind: string }) => kind), [
    "no-leader",
    "master-not-ready",
    "workers-unknown",
  ]);
});

Deno.test("status tells of a mistake in a file before it asks anybody", async () => {
  await using installation = await Installation.create({
    "flink-conf.yaml": "",
    "workers": "w:1\n",
  });
  const { code, errors } = await installation.run(["status"]);
  assert.equal(code, 78);
  assert.match(errors[0]!, /^conf\/workers:1: /);
});

Deno.test("status --watch goes with neither --wait nor --roles", async () => {
  for (const words of [["--wait", "1"], ["--roles"]]) {
    assert.equal((await run(freePort(), "--watch", ...words)).code, 64);
  }
});

Deno.test("status refuses a time that is none", async () => {
  assert.equal((await run(freePort(), "--wait", "soon")).code, 64);
});
