import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "../support/ports.ts";
import { fakeJava, fakeSsh, Installation, isAlive, lines, run } from "./installation.ts";

Deno.test("start-zookeeper-quorum.sh starts a server that answers, and stop-zookeeper-quorum.sh stops it", async () => {
  await using installation = await configured(await Installation.create("a home"));
  await using _ = stopServers(installation);
  const started = await installation.run("start-zookeeper-quorum.sh");
  assert.deepEqual(started, {
    code: 0,
    lines: ["Starting zookeeper daemon on host localhost."],
    errors: "",
  });
  const [server] = await installation.instances("zookeeper");
  assert.equal(server!.name, "7");
  assert.equal(await readFile(dataDir(installation, "myid"), "utf8"), "7\n");
  const again = await installation.run("start-zookeeper-quorum.sh");
  assert.deepEqual([again.code, (await installation.instances("zookeeper")).length], [0, 1]);
  const stopped = await installation.run("stop-zookeeper-quorum.sh");
  assert.deepEqual(stopped, {
    code: 0,
    lines: [`Stopping zookeeper daemon (pid: ${server!.pid}) on host localhost.`],
    errors: "",
  });
  assert.ok(!await isAlive(server!.pid));
  assert.deepEqual(await installation.files(installation.path("run")), []);
});

Deno.test("zookeeper.sh start knows that a server at an IPv6 address answers", async () => {
  await using installation = await configured(await Installation.create(), "[::1]");
  await using _ = stopServers(installation);
  const outcome = await installation.run("zookeeper.sh", ["start", "7"]);
  assert.deepEqual([outcome.code, outcome.errors], [0, ""]);
  await installation.run("zookeeper.sh", ["stop"]);
});

Deno.test("zookeeper.sh start keeps the data of an earlier start", async () => {
  await using installation = await configured(await Installation.create());
  await using _ = stopServers(installation);
  await installation.run("zookeeper.sh", ["start", "7"]);
  await installation.run("zookeeper.sh", ["stop"]);
  const before = await installation.files(dataDir(installation, "version-2"));
  assert.ok(before.length > 0);
  await installation.run("zookeeper.sh", ["start", "7"]);
  const after = await installation.files(dataDir(installation, "version-2"));
  assert.deepEqual(before.filter((name) => !after.includes(name)), []);
});

Deno.test("zookeeper.sh start refuses the data of another server", async () => {
  await using installation = await configured(await Installation.create());
  await mkdir(dataDir(installation), { recursive: true });
  await writeFile(dataDir(installation, "myid"), "3\n");
  const outcome = await installation.run("zookeeper.sh", ["start", "7"]);
  assert.equal(outcome.code, 78);
  assert.match(outcome.errors, /myid says that the data is of server 3\.\n$/);
  assert.equal(await readFile(dataDir(installation, "myid"), "utf8"), "3\n");
  assert.deepEqual(await installation.files(installation.path("run")), []);
});

Deno.test("zookeeper.sh start refuses a port at which somebody answers", async () => {
  await using installation = await configured(await Installation.create());
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await installation.answer({ "zoo-cfg-clientPort": lines(`${listener.addr.port}`) });
  const answering = listener.accept().then(async (connection) => {
    await connection.write(new TextEncoder().encode("Zookeeper version: 3\n"));
    connection.close();
  });
  const outcome = await installation.run("zookeeper.sh", ["start", "7"]);
  assert.equal(outcome.code, 1);
  await answering;
  assert.match(
    outcome.errors,
    new RegExp(`a server answers at localhost:${listener.addr.port} already\\.\n$`),
  );
  assert.deepEqual(await installation.files(installation.path("run")), []);
});

Deno.test("zookeeper.sh start tells why the server has ended", async () => {
  await using installation = await configured(await Installation.create());
  const java = await fakeJava(installation);
  const outcome = await installation.run("zookeeper.sh", ["start", "7"], java);
  assert.equal(outcome.code, 1);
  assert.match(
    outcome.errors,
    /^Error starting zookeeper daemon on host .*\nAddress already in use\n$/,
  );
  assert.deepEqual(await installation.files(installation.path("run")), []);
});

Deno.test("zookeeper.sh start takes ZOOKEEPER_HOME, ZK_HEAP and JVMFLAGS", async () => {
  await using installation = await configured(await Installation.create("a home"));
  const java = await fakeJava(installation);
  const zookeeper = installation.path("zookeeper 3");
  await mkdir(join(zookeeper, "lib"), { recursive: true });
  await installation.run("zookeeper.sh", ["start", "7"], {
    environment: {
      ...java.environment,
      ZOOKEEPER_HOME: zookeeper,
      ZK_HEAP: "64",
      JVMFLAGS: "-Da=b -Dc=*",
    },
  });
  const args = await java.arguments();
  assert.equal(args[0], "-Xmx64m");
  assert.deepEqual(args.slice(-6), [
    "-Da=b",
    "-Dc=*",
    "-cp",
    `${zookeeper}/conf:${zookeeper}/lib/*:${zookeeper}/*`,
    "org.apache.zookeeper.server.quorum.QuorumPeerMain",
    dataDir(installation, "masterd-zoo.cfg"),
  ]);
});

for (
  const [what, environment, code, message] of [
    ["a heap that is no number", { ZK_HEAP: "1g" }, 78, /ZK_HEAP=1g is not a number of megabytes/],
    ["no Java", { JAVA_HOME: "/nowhere" }, 1, /Cannot run \/nowhere\/bin\/java: set JAVA_HOME/],
    ["no ZooKeeper", { ZOOKEEPER_HOME: "/nowhere" }, 1, /ZOOKEEPER_HOME=\/nowhere is no ZooKeeper/],
  ] as const
) {
  Deno.test(`zookeeper.sh start with ${what} starts nothing`, async () => {
    await using installation = await configured(await Installation.create());
    const outcome = await installation.run("zookeeper.sh", ["start", "7"], { environment });
    assert.equal(outcome.code, code);
    assert.match(outcome.errors, message);
    assert.deepEqual(await installation.files(installation.path("state")), []);
  });
}

Deno.test("zookeeper.sh start wants the id of the server", async () => {
  await using installation = await configured(await Installation.create());
  const outcome = await installation.run("zookeeper.sh", ["start"]);
  assert.equal(outcome.code, 1);
  assert.match(outcome.errors, /^\[ERROR\] Missing peer id argument\. Usage: zookeeper\.sh /);
});

Deno.test("zookeeper.sh start starts nothing when zoo.cfg is wrong", async () => {
  await using installation = await configured(await Installation.create());
  await installation.answer({ "zoo-cfg": null });
  const outcome = await installation.run("zookeeper.sh", ["start", "7"]);
  assert.deepEqual(outcome, {
    code: 78,
    lines: [],
    errors: "conf/zoo-cfg:3: the line has no host\n",
  });
  assert.deepEqual(await installation.files(installation.path("state")), []);
});

Deno.test("start-zookeeper-quorum.sh goes to other hosts by ssh, and past those that are dark", async () => {
  await using installation = await configured(await Installation.create());
  await installation.answer({
    "quorum-servers": lines("1\tdark1\tremote", "2\tnode2\tremote", "3\tdark3\tremote"),
  });
  const ssh = await fakeSsh(installation);
  const outcome = await installation.run("stop-zookeeper-quorum.sh", [], ssh);
  assert.equal(outcome.code, 255);
  assert.deepEqual(outcome.lines, ["No zookeeper daemon to stop on host node2."]);
  assert.match(outcome.errors, /zookeeper\.sh stop 1 on host dark1 failed/);
  assert.equal((await ssh.calls()).length, 3);
  const started = await installation.run("start-zookeeper-quorum.sh", [], ssh);
  assert.equal(started.code, 255);
  assert.match((await ssh.calls()).at(-1)!, /dark3 -- .*zookeeper\.sh' 'start' '3'$/);
  await installation.run("zookeeper.sh", ["stop-all"]);
});

/** Lets the stand-in answer for a server 7 with ports that are free. */
async function configured(
  installation: Installation,
  address = "localhost",
): Promise<Installation> {
  const port = freePort();
  await installation.answer({
    "quorum-servers": lines("7\tlocalhost\tlocal"),
    "zoo-cfg": lines(
      "tickTime=2000",
      `dataDir=${dataDir(installation)}`,
      `clientPort=${port}`,
      `clientPortAddress=${address}`,
      "admin.enableServer=false",
    ),
    "zoo-cfg-dataDir": lines(dataDir(installation)),
    "zoo-cfg-clientPort": lines(`${port}`),
    "zoo-cfg-clientPortAddress": lines(address),
  });
  return installation;
}

function dataDir(installation: Installation, ...names: string[]): string {
  return installation.path("state", "zookeeper-7", ...names);
}

/** Ends the servers of an installation, also when its scripts could not. */
function stopServers(installation: Installation): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      const servers = await installation.instances("zookeeper");
      await run("kill", ["-KILL", ...servers.map(({ pid }) => `${pid}`)]);
    },
  };
}
