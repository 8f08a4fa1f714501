import assert from "node:assert/strict";
import { fourLetterWord } from "../../support/four_letter_word.ts";
import { freePort } from "../../support/ports.ts";
import { until } from "../../support/until.ts";
import { MasterdHome } from "../daemon/masterd_home.ts";
import { bytes, open } from "../zookeeper/clients.ts";

/** An installation whose zoo.cfg names one server, at a port of its own. */
async function installation(lines: readonly string[] = []) {
  const port = freePort();
  const home = await MasterdHome.create({
    "conf/flink-conf.yaml": "",
    "conf/zoo.cfg": [
      "tickTime=500",
      `clientPort=${port}`,
      "clientPortAddress=localhost",
      "4lw.commands.whitelist=*",
      "server.3=localhost:2888:3888",
      ...lines,
      "",
    ].join("\n"),
  });
  const start = async () => {
    const process = home.start("zookeeper");
    await process.waitForLine((line) => line.includes("zookeeper - serving"));
    return process;
  };
  return { home, port, address: `127.0.0.1:${port}`, start };
}

Deno.test("masterd zookeeper serves both families of localhost, and says when it is ready", async () => {
  const { home, port, start } = await installation();
  await using _ = home;
  await start();
  const readyFile = `${home.homeDir}/ready`;
  const ready = await until(() => Deno.readTextFile(readyFile), () => true);
  assert.equal(ready, `localhost:${port}\n`);
  for (const host of ["127.0.0.1", "[::1]"]) {
    assert.equal(await fourLetterWord(`${host}:${port}`, "ruok"), "imok");
  }
  // As go-zk takes it apart, which refuses an answer without a date.
  const version = /^Zookeeper version: 3\.8\.0-[^\n,]+, built on \d{4}-\d\d-\d\d \d\d:\d\d UTC\n/;
  assert.match(await fourLetterWord(`127.0.0.1:${port}`, "srvr"), version);
  assert.deepEqual(await home.leftovers(), ["ready", "state"]);
  assert.equal(await Deno.readTextFile(`${home.homeDir}/state/zookeeper-3/myid`), "3\n");
});

for (const [what, signal] of [["SIGTERM", "SIGTERM"], ["kill -9", "SIGKILL"]] as const) {
  Deno.test(`sessions and what was acknowledged outlive ${what}`, async () => {
    const { home, address, start } = await installation();
    await using _ = home;
    const first = await start();
    await using zk = await open(address, { sessionTimeoutMs: 5000 });
    await zk.create("/mine", bytes("a"), { mode: "ephemeral" });
    for (let count = 0; count < 20; count++) await zk.setData("/mine", bytes(`${count}`));
    first.signal(signal);
    const { code } = await first.ends();
    assert.equal(code, signal === "SIGTERM" ? 0 : 137);
    const second = await start();
    const { data } = await until(() => zk.getData("/mine"), () => true);
    assert.deepEqual(data, bytes("19"));
    await zk.close();
    assert.equal((await second.stop()).code, 0);
  });
}

Deno.test("masterd zookeeper does not expire sessions for the time in which it was stopped", async () => {
  const { home, address, start } = await installation(["minSessionTimeout=1000"]);
  await using _ = home;
  const server = await start();
  await using zk = await open(address, { sessionTimeoutMs: 1000 });
  await zk.create("/mine", bytes("a"), { mode: "ephemeral" });
  server.signal("SIGSTOP");
  // Longer than the timeout: this is what is tried, no wait for a fact.
  await new Promise((resolve) => setTimeout(resolve, 3000));
  server.signal("SIGCONT");
  const { stat } = await until(() => zk.getData("/mine"), () => true);
  assert.ok(stat.ephemeralOwner !== 0n);
  assert.doesNotMatch(server.text, /sessions expired/);
});

Deno.test("masterd zookeeper says which port is taken", async () => {
  const { home, port } = await installation();
  await using _ = home;
  using listener = Deno.listen({ hostname: "127.0.0.1", port });
  const { code, text } = await home.run("zookeeper");
  assert.equal((listener.addr as Deno.NetAddr).port, port);
  assert.equal(code, 1);
  assert.match(text, new RegExp(`Cannot listen on 127\\.0\\.0\\.1:${port}: another process has`));
});

Deno.test("masterd zookeeper refuses several servers, exit code 78", async () => {
  const { home } = await installation(["server.4=localhost:2889:3889;2999"]);
  await using _ = home;
  const { code, text } = await home.run("zookeeper");
  assert.equal(code, 78);
  assert.match(text, /conf\/zoo\.cfg:6: names 2 servers, but the embedded server .* serves alone/);
  assert.deepEqual(await home.leftovers(), []);
});

Deno.test("masterd zookeeper refuses data of Apache ZooKeeper, exit code 78", async () => {
  const { home } = await installation(["dataDir=data"]);
  await using _ = home;
  await Deno.mkdir(`${home.homeDir}/data/version-2`, { recursive: true });
  await Deno.writeTextFile(`${home.homeDir}/data/version-2/snapshot.0`, "ZKSN");
  const { code, text } = await home.run("zookeeper");
  assert.equal(code, 78);
  assert.match(text, /holds data of Apache ZooKeeper .* masterd\.zookeeper\.server: apache/);
});

Deno.test("a second server leaves the data of one that runs alone, exit code 1", async () => {
  const { home, port, start } = await installation(["dataDir=data"]);
  await using _ = home;
  await start();
  const file = `${home.homeDir}/conf/zoo.cfg`;
  const text = await Deno.readTextFile(file);
  await Deno.writeTextFile(file, text.replace(`clientPort=${port}`, `clientPort=${freePort()}`));
  const { code, text: said } = await home.run("zookeeper");
  assert.equal(code, 1, said);
  assert.equal(await fourLetterWord(`127.0.0.1:${port}`, "ruok"), "imok");
});

Deno.test("damaged data is not served, exit code 65", async () => {
  const { home, address, start } = await installation(["dataDir=data"]);
  await using _ = home;
  const first = await start();
  {
    await using zk = await open(address);
    for (let count = 0; count < 5; count++) await zk.create(`/${count}`, bytes("x".repeat(100)));
  }
  await first.stop();
  const folder = `${home.homeDir}/data/masterd-zookeeper`;
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  const log = `${folder}/${names.find((name) => name.endsWith(".log"))}`;
  const content = await Deno.readFile(log);
  const middle = Math.floor(content.length / 2);
  content[middle] = content[middle]! ^ 1;
  await Deno.writeFile(log, content);
  const { code, text } = await home.run("zookeeper");
  assert.equal(code, 65, text);
  assert.match(text, /The data is corrupt: .*\.log, offset \d+: /);
});
