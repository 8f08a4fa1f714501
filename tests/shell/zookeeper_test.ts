import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "../support/ports.ts";
import { RawServer } from "../support/raw_server.ts";
import { SilentServer } from "../support/silent_server.ts";
import { fakeJava, fakeSsh, Installation, lines } from "./installation.ts";

Deno.test("zookeeper.sh start refuses a port at which somebody answers", async () => {
  await using server = RawServer.start((visit) => visit.say("Zookeeper version: 3\n"));
  await using installation = await configured(await Installation.create(), server.port);
  const outcome = await installation.run("zookeeper.sh", ["start", "7"]);
  assert.equal(outcome.code, 1);
  assert.match(
    outcome.errors,
    new RegExp(`a server answers at localhost:${server.port} already\\.\n$`),
  );
  assert.deepEqual(await installation.files(installation.path("run")), []);
});

Deno.test("zookeeper.sh start asks nothing where only TLS is spoken", async () => {
  await using server = SilentServer.start();
  await using installation = await configured(await Installation.create(), server.port, "-");
  const outcome = await installation.run("zookeeper.sh", ["start", "7"]);
  assert.equal(outcome.code, 1);
  assert.match(outcome.errors, /a server answers at localhost:\d+ already\.\n$/);
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
    installation.path("masterd-zoo.cfg"),
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

for (const script of ["start-zookeeper-quorum.sh", "stop-zookeeper-quorum.sh", "stop-cluster.sh"]) {
  Deno.test(`${script} does nothing when it is told more than it knows`, async () => {
    await using installation = await Installation.create();
    assert.deepEqual(await installation.run(script, ["--help"]), {
      code: 1,
      lines: [],
      errors: `Usage: ${script}\n`,
    });
  });
}

Deno.test("start-zookeeper-quorum.sh goes to other hosts by ssh, and past those that are dark", async () => {
  await using installation = await configured(await Installation.create());
  await installation.answer({
    "quorum-servers": lines(
      "1\tdark1\tremote\t-\t-",
      "2\tnode2\tremote\t-\t-",
      "3\tdark3\tremote\t-\t-",
    ),
  });
  const ssh = await fakeSsh(installation);
  const outcome = await installation.run("stop-zookeeper-quorum.sh", [], ssh);
  assert.equal(outcome.code, 255);
  assert.deepEqual(outcome.lines, ["node2: No zookeeper daemon to stop on host node2."]);
  assert.match(outcome.errors, /^dark1 .*No route to host$/m);
  assert.match(outcome.errors, /^dark3 .*No route to host$/m);
  assert.equal((await ssh.calls()).length, 3);
  const started = await installation.run("start-zookeeper-quorum.sh", [], ssh);
  assert.equal(started.code, 255);
  assert.deepEqual(started.lines, ["node2: Starting zookeeper daemon on host node2."]);
  await installation.run("zookeeper.sh", ["stop-all"]);
});

/** Lets the stand-in prepare the start of a server 7 with a port that is free. */
async function configured(
  installation: Installation,
  port = freePort(),
  question = "srvr",
): Promise<Installation> {
  const file = installation.path("masterd-zoo.cfg");
  await installation.answer({
    "quorum-servers": lines("7\tlocalhost\tlocal\t-\t-"),
    "zoo-cfg": lines(
      `config_file\t${file}`,
      `ready_address\tlocalhost/${port}`,
      `ready_question\t${question}`,
    ),
  });
  const dataDir = installation.path("state", "zookeeper-7");
  await writeFile(
    file,
    lines(`dataDir=${dataDir}`, `clientPort=${port}`, "admin.enableServer=false"),
  );
  return installation;
}

Deno.test("zookeeper.sh start starts the embedded server where the binary says so", async () => {
  await using installation = await Installation.create();
  await installation.answer({ "zoo-cfg": lines("server\tembedded") });
  const outcome = await installation.run("zookeeper.sh", ["start", "7"], {
    environment: { ZK_HEAP: "no number", JAVA_HOME: "/nowhere" },
  });
  assert.deepEqual([outcome.code, outcome.errors], [0, ""]);
  const [server] = await installation.instances("zookeeper");
  assert.equal(server!.name, "7");
  assert.deepEqual(await installation.noted("arguments"), [
    "zookeeper",
    "--configDir",
    installation.path("conf"),
    "--peer-id",
    "7",
  ]);
  await installation.run("zookeeper.sh", ["stop-all"]);
});
