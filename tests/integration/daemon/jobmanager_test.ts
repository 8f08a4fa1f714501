import assert from "node:assert/strict";
import { call } from "../../../src/http/call.ts";
import { freePort, freePorts } from "../../support/ports.ts";
import type { TestProcess } from "../../support/process.ts";
import { until } from "../../support/until.ts";
import { FACTORY_CONF, factoryModule } from "./factory_module.ts";
import { MasterdHome } from "./masterd_home.ts";

const LEADING = "leader address published";
const signal = new AbortController().signal;

function factoryHome(
  conf = "",
  hooks?: Parameters<typeof factoryModule>[0],
  masters = "localhost:0\n",
): Promise<MasterdHome> {
  return MasterdHome.create({
    "conf/flink-conf.yaml": FACTORY_CONF + conf,
    "conf/masters": masters,
    "factory.js": factoryModule(hooks),
  });
}

function says(process: TestProcess, text: string) {
  return process.waitForLine((line) => line.includes(text));
}

function get(port: number, path: string) {
  return call(`http://127.0.0.1:${port}${path}`, { method: "GET", signal });
}

async function publishedBy(home: MasterdHome, process: TestProcess) {
  await says(process, LEADING);
  return JSON.parse(await Deno.readTextFile(`${home.homeDir}/published-${process.pid}`));
}

Deno.test("two masters that start at once share a range without a clash, 50 times", async () => {
  // The shape of the example's range, 50010,50011,50020-50025, at ports that are free here.
  const [first, second, ...others] = freePorts(4);
  const range = `${first},${second},${others.join(",")}`;
  await using home = await factoryHome(`high-availability.jobmanager.port: ${range}\n`);
  for (let round = 1; round <= 50; round++) {
    const masters = [home.start("jobmanager"), home.start("jobmanager")];
    const published = await Promise.all(masters.map((master) => publishedBy(home, master)));
    assert.deepEqual(
      published.map(({ rpcPort }) => rpcPort).sort(),
      [first, second].sort(),
      `round ${round}`,
    );
    for (const { rpcPort } of published) {
      assert.equal((await get(rpcPort, "/rpc/v1/workers")).status, 405);
    }
    const ends = await Promise.all(masters.map((master) => master.stop()));
    assert.deepEqual(ends.map(({ code }) => code), [0, 0]);
  }
});

Deno.test("two masters of one host take a line of the masters file each", async () => {
  const [one, two] = freePorts(2);
  await using home = await factoryHome("", {}, `localhost:${one}\nlocalhost:${two}\n`);
  const masters = [home.start("jobmanager"), home.start("jobmanager")];
  const published = await Promise.all(masters.map((master) => publishedBy(home, master)));
  assert.deepEqual(published.map(({ webuiPort }) => webuiPort).sort(), [one, two].sort());
  const { code, text } = await home.run("jobmanager");
  assert.equal(code, 1);
  assert.ok(
    text.includes(`web UI on any address of this host: localhost:${one}, localhost:${two}`),
    text,
  );
});

Deno.test("a full port range is named, exit code 1", async () => {
  const ports = freePorts(2);
  const taken = ports.map((port) => Deno.listen({ hostname: "127.0.0.1", port }));
  const range = `high-availability.jobmanager.port: ${ports.join(",")}\n`;
  await using home = await factoryHome(range);
  const { code, text } = await home.run("jobmanager");
  for (const listener of taken) listener.close();
  assert.equal(code, 1);
  assert.ok(text.includes(`any port of high-availability.jobmanager.port ${ports.join(",")}: `));
  for (const port of ports) assert.match(text, new RegExp(`trying port .*port=${port}\\b`));
  assert.deepEqual(await home.leftovers(), ["factory.js"]);
});

Deno.test("a taken web UI port is named, exit code 1", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: freePort() });
  const { port } = taken.addr;
  await using home = await factoryHome();
  const { code, text } = await home.run("jobmanager", "--host", "::1", "--webui-port", `${port}`);
  assert.equal(code, 1);
  assert.match(text, new RegExp(`masterd: Cannot serve the web UI on \\[::1\\]:${port}: Address`));
  assert.deepEqual(await home.leftovers(), ["factory.js"]);
});

Deno.test("a master writes its status URL to the ready file once it serves", async () => {
  const port = freePort();
  await using home = await factoryHome();
  home.start("jobmanager", "--host", "localhost", "--webui-port", `${port}`);
  const line = await until(() => Deno.readTextFile(`${home.homeDir}/ready`), () => true);
  assert.equal(line, `http://localhost:${port}\n`);
  assert.equal((await get(port, "/live")).status, 200);
});

Deno.test("SIGTERM gives leadership back while the status says 503, exit code 0", async () => {
  const port = freePort();
  // The module itself asks for the status at the moment of the release.
  const release = `
    const answer = await fetch("http://127.0.0.1:${port}/api/v1/status");
    console.error("released, status " + answer.status + " " + (await answer.json()).role);`;
  await using home = await factoryHome("", { release, close: 'console.error("closed");' });
  const master = home.start("jobmanager", "--host", "localhost", "--webui-port", `${port}`);
  await says(master, LEADING);
  assert.equal((await get(port, "/leader")).status, 200);
  const { code } = await master.stop();
  assert.equal(code, 0);
  const order = ["stopping signal=SIGTERM", "released, status 503 stopping", "closed"];
  const places = order.map((text) => master.text.indexOf(text));
  assert.ok(places.every((place, index) => place > (places[index - 1] ?? -1)), master.text);
});

Deno.test("SIGINT stops a master as SIGTERM does", async () => {
  await using home = await factoryHome();
  const master = home.start("jobmanager");
  await says(master, LEADING);
  master.signal("SIGINT");
  assert.equal((await master.ends()).code, 0);
  assert.match(master.text, /leadership released/);
});

Deno.test("a second signal ends a master at once", async () => {
  await using home = await factoryHome("", { close: "await new Promise(() => {});" });
  const master = home.start("jobmanager");
  await says(master, LEADING);
  master.signal("SIGTERM");
  await says(master, "leadership released");
  master.signal("SIGTERM");
  assert.equal((await master.ends()).code, 143);
});

Deno.test("a stop that hangs is cut off by cluster.services.shutdown-timeout", async () => {
  const conf = "cluster.services.shutdown-timeout: 200 ms\n";
  await using home = await factoryHome(conf, { close: "await new Promise(() => {});" });
  const master = home.start("jobmanager");
  await says(master, LEADING);
  assert.equal((await master.stop()).code, 2);
  assert.match(master.text, /the stop took too long.*shutdownTimeoutMs=200/);
});

Deno.test("an unexpected error is logged and ends a master in order, exit code 2", async () => {
  const publish = "setTimeout(() => Promise.reject(new Error('nobody expects this')));";
  await using home = await factoryHome("", { publish });
  const master = home.start("jobmanager");
  assert.equal((await master.ends()).code, 2);
  assert.match(master.text, /unexpected error error="nobody expects this"/);
  assert.match(master.text, /leadership released/);
});

Deno.test("the first signal after an unexpected error does not cut the orderly end short", async () => {
  const publish = "setTimeout(() => Promise.reject(new Error('nobody expects this')));";
  const close = `
    const signalled = new Promise((resolve) => Deno.addSignalListener("SIGTERM", resolve));
    console.error("closing");
    await signalled;
    console.error("closed");`;
  await using home = await factoryHome("", { publish, close });
  const master = home.start("jobmanager");
  await says(master, "closing");
  master.signal("SIGTERM");
  assert.equal((await master.ends()).code, 2);
  assert.match(master.text, /\nclosed/);
});

Deno.test("a master that runs out of file descriptors serves again once it has some", async () => {
  const port = freePort();
  await using home = await factoryHome();
  const address = ["--host", "localhost", "--webui-port", `${port}`];
  const master = home.startWithOpenFiles(100, "jobmanager", ...address);
  await says(master, LEADING);
  // Connections wait in the kernel's queue before the master takes them, so only a refused one tells
  // that it could take no more and stopped listening.
  const crowd: Deno.Conn[] = [];
  const connect = () =>
    Deno.connect({ hostname: "127.0.0.1", port }).then(
      (connection) => crowd.push(connection) > 0,
      () => false,
    );
  await Promise.all(Array.from({ length: 100 }, connect));
  await until(connect, (isConnected) => !isConnected);
  for (const connection of crowd) connection.close();
  await says(master, "no longer accepts connections");
  const leads = () => get(port, "/leader").then(({ status }) => status, () => 0);
  await until(leads, (status) => status === 200);
  assert.equal((await master.stop()).code, 0);
});

Deno.test("bad configuration is told before anything is bound or written, exit code 78", async () => {
  const cases: [files: Record<string, string>, message: RegExp][] = [
    [{ "conf/flink-conf.yaml": "high-availability: zookeper\n" }, /flink-conf\.yaml:1: .*zookeper/],
    [
      { "conf/flink-conf.yaml": "high-availability: zookeeper\n" },
      /high-availability\.zookeeper\.quorum/,
    ],
    [
      { "conf/flink-conf.yaml": `${FACTORY_CONF}high-availability.jobmanager.port: 5-1\n` },
      /flink-conf\.yaml:3: .*5-1/,
    ],
    [{ "conf/flink-conf.yaml": "a: 'b\n" }, /flink-conf\.yaml:\d+: /],
    [{ "conf/masters": "h:\n" }, /masters:1: .*"h:" has no port/],
    [{ "conf/masters": "nowhere.invalid:1\n" }, /masters: no line names this host/],
    [{ "factory.js": "export const x = 1;" }, /factory\.js has no export/],
    [{ "factory.js": "export {" }, /factory\.js cannot be loaded/],
    [{ "conf/flink-conf.yaml": "high-availability: ./gone.js\n" }, /gone\.js does not exist/],
  ];
  for (const [files, message] of cases) {
    await using home = await MasterdHome.create({
      "conf/flink-conf.yaml": FACTORY_CONF,
      "conf/masters": "localhost:0\n",
      "factory.js": factoryModule(),
      ...files,
    });
    const { code, text } = await home.run("jobmanager");
    assert.equal(code, 78, text);
    assert.match(text, message);
    assert.doesNotMatch(text, /trying port/);
    assert.deepEqual(await home.leftovers(), ["factory.js"]);
  }
});
