import assert from "node:assert/strict";
import { call } from "../../../src/http/call.ts";
import type { NodeStatus } from "../../../src/http/status.ts";
import { freePorts } from "../../support/ports.ts";
import { until } from "../../support/until.ts";
import { MasterdHome } from "./masterd_home.ts";

const signal = new AbortController().signal;

/** One master and its workers, without ZooKeeper. */
async function standaloneHome() {
  const [webuiPort, rpcPort] = freePorts(2) as [number, number];
  const home = await MasterdHome.create({
    "conf/flink-conf.yaml": [
      "high-availability: NONE",
      "jobmanager.rpc.address: localhost",
      `jobmanager.rpc.port: ${rpcPort}`,
      `rest.port: ${webuiPort}`,
      "heartbeat.interval: 20 ms",
      "cluster.registration.error-delay: 50 ms",
      "",
    ].join("\n"),
  });
  const url = `http://localhost:${webuiPort}`;
  const workers = async () => {
    const { body } = await call(`${url}/api/v1/status`, { method: "GET", signal });
    return (body as NodeStatus).workers;
  };
  return { home, url, workers };
}

Deno.test("a master without high availability leads at once and `masterd leader` finds it", async () => {
  const { home, url } = await standaloneHome();
  await using _ = home;
  const nobody = await home.run("leader");
  assert.equal(nobody.code, 1);
  assert.match(nobody.text, /^masterd: No leader is known/);
  const asking = home.run("leader", "--wait", "20");
  home.start("jobmanager");
  assert.deepEqual(await asking, { code: 0, text: url });
  const { text } = await home.run("leader", "--json");
  assert.equal(JSON.parse(text).epoch, "0");
});

Deno.test("a worker registers, survives a restart of its master, and takes its leave", async () => {
  const { home, workers } = await standaloneHome();
  await using _ = home;
  const worker = home.start("taskmanager");
  const master = home.start("jobmanager");
  const [first] = await until(workers, ({ length }) => length === 1);
  assert.equal(first?.pid, worker.pid);
  await master.kill();
  home.start("jobmanager");
  const [again] = await until(workers, ({ length }) => length === 1);
  assert.equal(again?.workerId, first?.workerId);
  assert.equal((await worker.stop()).code, 0);
  assert.deepEqual(await workers(), []);
});

Deno.test("a worker without a leader gives up after taskmanager.registration.timeout, exit code 1", async () => {
  const { home } = await standaloneHome();
  await using _ = home;
  const { code, text } = await home.run(
    "taskmanager",
    "-Dtaskmanager.registration.timeout=300 ms",
  );
  assert.equal(code, 1);
  assert.match(text, /none took this worker within 300 ms/);
});
