import assert from "node:assert/strict";
import { call } from "../../../src/http/call.ts";
import { freePort } from "../../support/ports.ts";
import { until } from "../../support/until.ts";
import { MasterdHome } from "./masterd_home.ts";

const signal = new AbortController().signal;

function unreachableHome(): Promise<MasterdHome> {
  return MasterdHome.create({
    "conf/flink-conf.yaml": [
      "high-availability: zookeeper",
      `high-availability.zookeeper.quorum: localhost:${freePort()}`,
      "high-availability.cluster-id: /test",
      "high-availability.storageDir: ./state",
      "",
    ].join("\n"),
    "conf/masters": "localhost:0\n",
  });
}

Deno.test("a master without a quorum keeps trying, says so, and is not ready", async () => {
  await using home = await unreachableHome();
  const port = freePort();
  const master = home.start("jobmanager", "--host", "localhost", "--webui-port", `${port}`);
  await until(() => Deno.readTextFile(`${home.homeDir}/ready`), () => true);
  const told = (text: string) => text.includes("ZooKeeper cannot be reached");
  await master.waitForLine(told);
  await master.waitForLine(told, { from: master.lines.findIndex(({ text }) => told(text)) + 1 });
  const ready = await call(`http://127.0.0.1:${port}/ready`, { method: "GET", signal });
  assert.equal(ready.status, 503);
  assert.equal((await master.stop()).code, 0);
});

Deno.test("a worker without a quorum stops on SIGTERM", async () => {
  await using home = await unreachableHome();
  const worker = home.start("taskmanager");
  await worker.waitForLine((text) => text.includes("ZooKeeper cannot be reached"));
  assert.equal((await worker.stop()).code, 0);
});

Deno.test("`masterd leader` names the quorum's state when it cannot be reached, exit code 1", async () => {
  await using home = await unreachableHome();
  const { code, text } = await home.run("leader");
  assert.equal(code, 1);
  assert.match(text, /^masterd: No leader is known: ZooKeeper cannot be reached \(/);
});
