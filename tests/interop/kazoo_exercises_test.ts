import assert from "node:assert/strict";
import { TestProcess } from "../support/process.ts";
import { ZooKeeperServer } from "../support/zookeeper_server.ts";
import { PYTHON, requireKazoo } from "./kazoo.ts";
import { serveRequests, told } from "./requests.ts";

const EXERCISES = 10;

for (const kind of ["apache", "embedded"] as const) {
  Deno.test(`Kazoo's client, lock, election, watchers and recipes work: ${kind}`, async () => {
    requireKazoo();
    await using server = await ZooKeeperServer.start({ kind, tickTimeMs: 1000 });
    const script = new URL("./kazoo_exercises.py", import.meta.url).pathname;
    await using kazoo = TestProcess.start(PYTHON, { args: [script, server.address] });
    await serveRequests(kazoo, server, "done");
    const lines = told(kazoo);
    assert.ok(!lines.some((line) => line.startsWith("FAILED")), kazoo.text);
    assert.equal(lines.filter((line) => line.startsWith("ok: ")).length, EXERCISES, kazoo.text);
  });
}
