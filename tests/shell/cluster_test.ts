import assert from "node:assert/strict";
import { mkdir, readFile, symlink } from "node:fs/promises";
import { crash, Installation, isAlive, lines, run } from "./installation.ts";

const started = [
  "Starting HA cluster with 2 masters and 1 peers in ZooKeeper quorum.",
  "Starting standalonesession daemon on host localhost.",
  "Starting standalonesession daemon on host localhost.",
  "Starting taskexecutor daemon on host localhost.",
];

Deno.test("start-cluster.sh prints the lines of the reference example and starts what they say", async () => {
  await using installation = await Installation.create();
  assert.deepEqual(await installation.run("start-cluster.sh"), {
    code: 0,
    lines: started,
    errors: "",
  });
  const masters = await installation.instances("standalonesession");
  const workers = await installation.instances("taskexecutor");
  assert.deepEqual(masters.map((master) => master.name), ["localhost-8081", "localhost-8082"]);
  for (const { pid } of [...masters, ...workers]) assert.ok(await isAlive(pid));
});

Deno.test("stop-cluster.sh stops the workers, then the masters, last started first", async () => {
  await using installation = await Installation.create();
  await installation.run("start-cluster.sh");
  const [first, second] = await installation.instances("standalonesession");
  const [worker] = await installation.instances("taskexecutor");
  assert.deepEqual(await installation.run("stop-cluster.sh"), {
    code: 0,
    lines: [
      `Stopping taskexecutor daemon (pid: ${worker!.pid}) on host localhost.`,
      `Stopping standalonesession daemon (pid: ${second!.pid}) on host localhost.`,
      `Stopping standalonesession daemon (pid: ${first!.pid}) on host localhost.`,
    ],
    errors: "",
  });
  assert.deepEqual(await installation.files(installation.path("run")), []);
  for (const { pid } of [first!, second!, worker!]) assert.ok(!await isAlive(pid));
});

Deno.test("stop-cluster.sh says so when nothing runs", async () => {
  await using installation = await Installation.create();
  const { code, lines } = await installation.run("stop-cluster.sh");
  assert.equal(code, 0);
  assert.deepEqual(lines, [
    "No taskexecutor daemon to stop on host localhost.",
    "No standalonesession daemon to stop on host localhost.",
  ]);
  assert.deepEqual(await installation.files(installation.path("run")), []);
});

Deno.test("start-cluster.sh brings back what has died and leaves the rest alone", async () => {
  await using installation = await Installation.create();
  await installation.run("start-cluster.sh");
  const before = await installation.instances("standalonesession");
  await crash(before[0]!.pid);
  const outcome = await installation.run("start-cluster.sh");
  assert.equal(outcome.code, 0);
  assert.ok(outcome.lines.includes("Starting standalonesession daemon on host localhost."));
  assert.ok(
    outcome.lines.includes(
      "[INFO] 1 instance(s) of taskexecutor are already running on localhost.",
    ),
  );
  const after = await installation.instances("standalonesession");
  assert.deepEqual(after.map(({ name }) => name), ["localhost-8082", "localhost-8081"]);
  assert.equal(after[0]!.pid, before[1]!.pid);
  assert.equal((await installation.noted("daemons")).length, 4);
});

for (const name of ["a home", 'it\'s $(home) "&" `more`']) {
  Deno.test(`start-cluster.sh works in a folder named ${name}, through links`, async () => {
    await using installation = await Installation.create(name);
    const elsewhere = installation.path("else where");
    await mkdir(elsewhere);
    await symlink(installation.home, installation.path("else where", "link"));
    await symlink("link/bin/start-cluster.sh", installation.path("else where", "start"));
    const outcome = await run("./start", [], { folder: elsewhere });
    assert.deepEqual(outcome, { code: 0, lines: started, errors: "" });
    const stopped = await run("link/bin/stop-cluster.sh", [], { folder: elsewhere });
    assert.equal(stopped.lines.filter((line) => line.startsWith("Stopping")).length, 3);
  });
}

Deno.test("start-cluster.sh asks the binary for the settings once", async () => {
  await using installation = await Installation.create();
  await installation.run("start-cluster.sh");
  assert.deepEqual(await installation.noted("calls"), [
    "script-env",
    "masters",
    "workers",
    "jobmanager",
    "jobmanager",
    "taskmanager",
  ]);
});

Deno.test("start-cluster.sh starts one master without high availability", async () => {
  await using installation = await Installation.create();
  const { hostname } = await settings(installation, "ha\tnone");
  const outcome = await installation.run("start-cluster.sh");
  assert.deepEqual(outcome, {
    code: 0,
    lines: [
      "Starting cluster.",
      `Starting standalonesession daemon on host ${hostname}.`,
      "Starting taskexecutor daemon on host localhost.",
    ],
    errors: "",
  });
  const again = await installation.run("start-cluster.sh");
  assert.deepEqual([again.code, again.errors], [0, ""]);
  const [master, ...others] = await installation.instances("standalonesession");
  assert.deepEqual(others, []);
  const { lines } = await installation.run("stop-cluster.sh");
  assert.equal(
    lines[1],
    `Stopping standalonesession daemon (pid: ${master!.pid}) on host ${hostname}.`,
  );
});

for (const broken of ["script-env", "masters", "workers"]) {
  Deno.test(`start-cluster.sh starts nothing when ${broken} fails`, async () => {
    await using installation = await Installation.create();
    await installation.answer({ [broken]: null });
    const outcome = await installation.run("start-cluster.sh");
    assert.deepEqual(outcome, {
      code: 78,
      lines: [],
      errors: `conf/${broken}:3: the line has no host\n`,
    });
    assert.deepEqual(await installation.noted("daemons"), []);
    assert.deepEqual(await installation.files(installation.path("run")), []);
    assert.deepEqual(await installation.files(installation.path("log")), []);
  });
}

Deno.test("start-cluster.sh goes on after a daemon that dies, and ends with its exit code", async () => {
  await using installation = await Installation.create();
  const outcome = await installation.run("start-cluster.sh", [], {
    environment: { FAKE_DAEMON: "die" },
  });
  assert.equal(outcome.code, 3);
  assert.deepEqual(outcome.lines, started);
  assert.equal(outcome.errors.match(/cannot bind port 8081/g)?.length, 3);
  assert.deepEqual(await installation.files(installation.path("run")), []);
});

Deno.test("start-cluster.sh numbers several workers of one host", async () => {
  await using installation = await Installation.create();
  await installation.answer({
    workers: lines("localhost\tlocal\t-\t-", "127.0.0.1\tlocal\t-\t-", "localhost\tlocal\t-\t-"),
  });
  const { lines: printed } = await installation.run("start-cluster.sh");
  assert.ok(printed.includes("Starting taskexecutor daemon on host 127.0.0.1."));
  const workers = await installation.instances("taskexecutor");
  assert.deepEqual(workers.map(({ name, host }) => [name, host]), [
    ["0", "localhost"],
    ["1", "127.0.0.1"],
    ["2", "localhost"],
  ]);
});

for (
  const [words, given] of [
    [["-D", "rest.port=1", "-Dk=a b", "-z", "/two"], [
      "-D",
      "rest.port=1",
      "-D",
      "k=a b",
      "-D",
      "high-availability.cluster-id=/two",
    ]],
    [[], []],
  ]
) {
  Deno.test(`start-cluster.sh ${words!.join(" ")} gives all daemons these properties`, async () => {
    await using installation = await Installation.create();
    const { code } = await installation.run("start-cluster.sh", words);
    assert.equal(code, 0);
    assert.deepEqual(await installation.noted("arguments"), [
      "taskmanager",
      "--configDir",
      installation.path("conf"),
      ...given!,
    ]);
    const properties = given!.map((word) => ` ${word}`).join("");
    const commands = await installation.noted("commands");
    assert.deepEqual(commands.slice(0, 3), [
      `script-env${properties}`,
      `masters${properties}`,
      "workers",
    ]);
    const master = commands.find((command) => command.startsWith("jobmanager"));
    assert.ok(master!.endsWith(`--host localhost --webui-port 8081${properties}`), master);
  });
}

Deno.test("start-cluster.sh --wait returns with what `masterd status` says", async () => {
  await using installation = await Installation.create();
  await installation.answer({ status: lines("one leader") });
  const outcome = await installation.run("start-cluster.sh", ["--wait=7", "-Dk=v"]);
  assert.deepEqual(outcome, { code: 0, lines: [...started, "one leader"], errors: "" });
  assert.equal((await installation.noted("commands")).at(-1), "status --wait 7 -D k=v");
  await installation.answer({ status: null });
  assert.equal((await installation.run("start-cluster.sh", ["--wait"])).code, 78);
  assert.equal((await installation.noted("commands")).at(-1), "status --wait 60");
});

Deno.test("start-cluster.sh --wait does not wait for what has not started", async () => {
  await using installation = await Installation.create();
  const { code } = await installation.run("start-cluster.sh", ["--wait"], {
    environment: { FAKE_DAEMON: "die" },
  });
  assert.equal(code, 3);
  assert.ok(!(await installation.noted("calls")).includes("status"));
});

for (
  const words of [["--wait=0"], ["--wait=1s"], ["--wait="], ["-D"], ["-z"], ["now"], [
    "-D",
    "env.pid.dir=/tmp",
  ]]
) {
  Deno.test(`start-cluster.sh refuses ${words.join(" ")}`, async () => {
    await using installation = await Installation.create();
    const { code, lines, errors } = await installation.run("start-cluster.sh", words);
    assert.deepEqual([code, lines], [1, []]);
    assert.match(errors, /^Usage: start-cluster\.sh |^-D env\.pid\.dir=\/tmp: .*flink-conf\.yaml/);
    assert.deepEqual(await installation.noted("calls"), []);
  });
}

/** Changes one setting that the stand-in answers. */
async function settings(installation: Installation, line: string): Promise<{ hostname: string }> {
  const file = installation.path("conf", "answers", "script-env");
  const [name] = line.split("\t");
  const others = (await readFile(file, "utf8")).split("\n").filter((other) =>
    other !== "" && !other.startsWith(`${name}\t`)
  );
  await installation.answer({ "script-env": lines(...others, line) });
  return { hostname: Deno.hostname() };
}
