import assert from "node:assert/strict";
import { connect, parentPath } from "zookeeper";
import { encodeIdentity } from "../../../../src/state/identity.ts";
import { stateLayout } from "../../../../src/state/layout.ts";
import { PlainHttpServer } from "../../../support/plain_http_server.ts";
import { freePort, freePorts } from "../../../support/ports.ts";
import { MasterdHome } from "../../daemon/masterd_home.ts";
import { StatusCluster } from "../status_cluster.ts";
import { doctor, namesOf } from "./doctor_cluster.ts";

const TICK = "masterd.zookeeper.tick-time: 500 ms\n";

function listen(port: number): Deno.Listener {
  return Deno.listen({ hostname: "localhost", port });
}

Deno.test("doctor: the web UI port is taken, and the range of RPC ports is full", async () => {
  const [low] = freePorts(1) as [number];
  const range = `${low},${freePort()}`;
  const conf = `${TICK}high-availability.jobmanager.port: ${range}\n`;
  await using other = PlainHttpServer.start(() => Promise.resolve("hang-up"), {
    // Whichever address that is here, the masters are bound to it.
    hostname: "localhost",
  });
  const masters = ([, port]: readonly number[]) => `localhost:${other.port}\nlocalhost:${port}\n`;
  await using cluster = await StatusCluster.create({ conf, masters });
  const [first, second] = [`localhost:${other.port}`, cluster.names[1]];
  const taken = await doctor(cluster, first);
  assert.equal(taken.verdict.name, "web-ui-port-taken");
  assert.match(taken.verdict.sentence, new RegExp(`that of master ${first} by a program of`));
  assert.equal(taken.prospect?.name, "port-taken");
  const ports = range.split(",").map(Number) as [number, number];
  using _low = listen(ports[0]);
  const narrow = await doctor(cluster);
  const facts = narrow.facts.host?.fullRanges;
  assert.deepEqual(facts?.map(({ needed, free }) => [needed, free]), [[2, 1]]);
  using _high = listen(ports[1]);
  const full = await doctor(cluster, second);
  assert.ok(namesOf(full).includes("port-range-full"));
  assert.equal(full.prospect?.name, "range-full");
  const { code, text } = await cluster.home.run(
    "jobmanager",
    "-h",
    "localhost",
    "-r",
    second.slice(10),
  );
  assert.equal(code, 1);
  assert.match(
    text,
    /Cannot start the RPC server on any port of high-availability.jobmanager.port/,
  );
});

Deno.test("doctor: the storage cannot be reached, or is not the one of this cluster", async () => {
  await using cluster = await StatusCluster.create({ conf: TICK });
  const away = `high-availability.storageDir=webhdfs://127.0.0.1:${freePort()}/flink`;
  const unreachable = await doctor(cluster, "-D", away);
  assert.ok(namesOf(unreachable).includes("storage-unreachable"));
  assert.equal(unreachable.code, 1);

  await using zk = await connect(cluster.server.address, { signal: AbortSignal.timeout(10_000) });
  const { root } = stateLayout("/flink/cluster_one");
  await zk.createPath(parentPath(root));
  const identity = { stateId: "0".repeat(32), url: "file:///elsewhere" };
  await zk.create(root, encodeIdentity(identity));
  const wrong = await doctor(cluster);
  assert.equal(wrong.findings[0]?.name, "wrong-storage");
  const folder = `${cluster.home.homeDir}/state/cluster_one/state-${identity.stateId}`;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeFile(`${folder}/marker`, encodeIdentity(identity));
  const right = await doctor(cluster);
  assert.deepEqual(namesOf(right), ["no-masters"]);
  // The trial write has left nothing behind.
  assert.deepEqual(await Array.fromAsync(Deno.readDir(folder), ({ name }) => name), ["marker"]);
});

Deno.test("doctor refuses what it cannot understand, and judges a lone master", async () => {
  const port = freePort();
  await using home = await MasterdHome.create({
    "conf/flink-conf.yaml": `rest.port: ${port}\nrest.address: localhost\n`,
    "conf/workers": "",
  });
  assert.equal((await home.run("doctor", "a:b:c")).code, 64);
  assert.equal((await home.run("doctor", "-D", "high-availability=nonsense")).code, 78);
  const nobody = await doctor({ home });
  assert.deepEqual([nobody.code, nobody.verdict.name], [69, "no-masters"]);
  const rpc = ["-D", `jobmanager.rpc.port=${freePort()}`];
  const master = home.start("jobmanager", ...rpc);
  await master.waitForLine((line) => line.includes("leader address published"));
  const well = await doctor({ home }, `localhost:${port}`);
  assert.deepEqual([well.code, namesOf(well), well.prospect?.name], [0, ["well"], "leads"]);
});
