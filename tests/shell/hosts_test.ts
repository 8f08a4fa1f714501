import assert from "node:assert/strict";
import { appendFile, readFile, rm, writeFile } from "node:fs/promises";
import { until } from "../support/until.ts";
import { Installation, isAlive, lines } from "./installation.ts";
import { SshCluster } from "./ssh_cluster.ts";

Deno.test("start-cluster.sh starts what belongs to other hosts by ssh, with one call for each", async () => {
  await using cluster = await SshCluster.create({
    masters: ["localhost\t8081\tlocal\t-\t-", "node1\t8081\tremote\t-\t-"],
    workers: ["node1\tremote\t-\t-", "node1\tremote\t-\t-"],
    name: "it's a home",
  });
  await addSettings(cluster, "ssh_option\t-p", "ssh_option\t2222", "ssh_option\t-oUser=* 'x'");
  const outcome = await cluster.run("start-cluster.sh");
  assert.deepEqual(outcome, {
    code: 0,
    lines: [
      "Starting HA cluster with 2 masters and 1 peers in ZooKeeper quorum.",
      "Starting standalonesession daemon on host localhost.",
      "node1: Starting standalonesession daemon on host node1.",
      "node1: Starting taskexecutor daemon on host node1.",
      "node1: Starting taskexecutor daemon on host node1.",
      "HOST       RESULT",
      "localhost  ok",
      "node1      ok",
    ],
    errors: "",
  });
  const calls = await cluster.calls();
  assert.equal(calls.length, 1);
  assert.match(
    calls[0]!,
    /^-o BatchMode=yes -p 2222 -oUser=\* 'x' -o ConnectTimeout=10 -o ServerAliveInterval=10 .* node1 -- /,
  );
  const workers = await cluster.installation.instances("taskexecutor");
  assert.deepEqual(workers.map(({ name, host }) => [name, host]), [["0", "node1"], ["1", "node1"]]);
});

Deno.test("start-cluster.sh takes user and port of ssh from the line of the host", async () => {
  await using cluster = await SshCluster.create({
    masters: ["node1\t8081\tremote\tann\t2222", "node1\t8082\tremote\tbob\t-"],
  });
  await addSettings(cluster, "ssh_option\t-p", "ssh_option\t1");
  await cluster.run("start-cluster.sh");
  const calls = (await cluster.calls()).map((call) => call.replace(/ -o Conn.* -- .*/s, "")).sort();
  assert.deepEqual(calls, [
    "-o BatchMode=yes -l ann -p 2222 -p 1",
    "-o BatchMode=yes -l bob -p 1",
  ]);
});

Deno.test("start-cluster.sh calls all hosts at once, and prints their output whole and in order", async () => {
  const hosts = ["slow1", "node2", "slow3", "slow4"];
  await using cluster = await SshCluster.create({ masters: hosts.map(masterOn) });
  const running = cluster.run("start-cluster.sh");
  await until(() => cluster.events(), (events) => events.length === 5);
  await cluster.open();
  const { code, lines } = await running;
  assert.equal(code, 0);
  assert.deepEqual(
    lines.slice(1, 5),
    hosts.map((host) => `${host}: Starting standalonesession daemon on host ${host}.`),
  );
});

for (const [limit, most] of [["1", 1], ["2", 2]] as const) {
  Deno.test(`MASTERD_SSH_PARALLEL=${limit} calls no more hosts at once`, async () => {
    const hosts = Array.from({ length: 5 }, (_, index) => masterOn(`slow${index}`));
    await using cluster = await SshCluster.create({ masters: hosts });
    const running = cluster.run("start-cluster.sh", [], { MASTERD_SSH_PARALLEL: limit });
    await until(() => cluster.events(), (events) => events.length === most);
    await cluster.open();
    assert.equal((await running).code, 0);
    let now = 0;
    const counts = (await cluster.events()).map(({ kind }) => now += kind === "begins" ? 1 : -1);
    assert.equal(Math.max(...counts), most);
    assert.equal(counts.length, 10);
  });
}

for (
  const [name, value] of [
    ["MASTERD_SSH_PARALLEL", "0"],
    ["MASTERD_SSH_PARALLEL", "x"],
    ["MASTERD_SSH_PARALLEL", "99999"],
    ["MASTERD_SSH_TIMEOUT", "1m"],
  ] as const
) {
  Deno.test(`start-cluster.sh refuses ${name}=${value} before anything is started`, async () => {
    await using cluster = await SshCluster.create({ masters: [masterOn("node1")] });
    const { code, lines, errors } = await cluster.run("start-cluster.sh", [], { [name]: value });
    assert.deepEqual([code, lines], [78, []]);
    assert.match(errors, new RegExp(`^\\[ERROR\\] ${name}=${value} is not a number of `));
    assert.deepEqual(await cluster.calls(), []);
  });
}

Deno.test("start-cluster.sh reports hosts that ssh cannot reach, starts the others, and a second run the rest", async () => {
  await using cluster = await SshCluster.create({
    masters: [masterOn("dark1"), "localhost\t8082\tlocal\t-\t-", masterOn("node3")],
  });
  const outcome = await cluster.run("start-cluster.sh");
  assert.equal(outcome.code, 255);
  assert.deepEqual(outcome.lines.slice(1), [
    "Starting standalonesession daemon on host localhost.",
    "node3: Starting standalonesession daemon on host node3.",
  ]);
  assert.equal(
    outcome.errors,
    lines(
      "dark1: ssh: connect to host dark1 port 22: No route to host",
      "HOST       RESULT",
      "dark1      unreachable: ssh: connect to host dark1 port 22: No route to host",
      "localhost  ok",
      "node3      ok",
    ),
  );
  assert.equal((await cluster.installation.instances("standalonesession")).length, 2);
  await cluster.installation.answer({ masters: lines(masterOn("node1"), masterOn("node3")) });
  assert.equal((await cluster.run("start-cluster.sh")).code, 0);
  assert.equal((await cluster.installation.instances("standalonesession")).length, 3);
});

const FAILURES: [string, string][] = [
  ["ssh: Could not resolve hostname node1: Name or service not known", "unknown host"],
  [
    "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.",
    "changed host key",
  ],
  ["No ED25519 host key is known for node1\nHost key verification failed.", "unknown host key"],
  ["ann@node1: Permission denied (publickey).", "no key that it accepts"],
  ["ssh: connect to host node1 port 22: Connection timed out", "connection timed out"],
  ["Connection timed out during banner exchange", "connection timed out"],
  ["Timeout, server node1 not responding.", "connection lost"],
  ["ssh: connect to host node1 port 22: Connection refused", "unreachable"],
  ["ssh: connect to host node1 port 22: Network is unreachable", "unreachable"],
  ["command-line: line 0: Bad configuration option: no", "ssh failed"],
];

for (const [text, cause] of FAILURES) {
  const last = text.split("\n").at(-1)!;
  Deno.test(`start-cluster.sh names the cause when ssh says "${last}": ${cause}`, async () => {
    await using cluster = await SshCluster.create({ masters: [masterOn("node1")] });
    await cluster.fail("node1", `${text}\r\n`);
    const { code, errors } = await cluster.run("start-cluster.sh");
    assert.equal(code, 255);
    assert.equal(
      errors.trimEnd().split("\n").at(-1),
      `node1  ${cause}: ${last}`,
    );
  });
}

Deno.test("start-cluster.sh ends a call that takes too long", async () => {
  await using cluster = await SshCluster.create({ masters: [masterOn("slow1")] });
  const { code, errors } = await cluster.run("start-cluster.sh", [], { MASTERD_SSH_TIMEOUT: "1" });
  assert.equal(code, 124);
  assert.match(errors, /^slow1 {2}not done within 1 seconds$/m);
  const [call] = await cluster.events();
  assert.ok(!await isAlive(call!.pid));
});

Deno.test("start-cluster.sh shows the end of the log of a daemon that dies on another host", async () => {
  await using cluster = await SshCluster.create({ masters: [masterOn("node1")] });
  await cluster.addToProfile("export FAKE_DAEMON=die");
  const { code, errors } = await cluster.run("start-cluster.sh");
  assert.equal(code, 3);
  assert.match(errors, /^node1: cannot bind port 8081$/m);
  assert.match(
    errors,
    /^node1 {2}exit code 3: Error starting .* ended with exit code 3\. The end of .*:$/m,
  );
});

for (
  const [said, result] of [
    [String.raw`\n\n`, "exit code 9"],
    [
      String.raw`mkdir: /x: No space left on device\nbye\n`,
      "exit code 9: mkdir: /x: No space left on device",
    ],
    [String.raw`one\ntwo \000\033`, "exit code 9: two ?"],
  ]
) {
  Deno.test(`start-cluster.sh takes from ${said} what tells the cause`, async () => {
    await using cluster = await SshCluster.create({ masters: [masterOn("node1")] });
    await cluster.addToProfile(`printf '${said}' >&2; exit 9`);
    const { code, errors } = await cluster.run("start-cluster.sh");
    assert.equal(code, 9);
    assert.equal(errors.trimEnd().split("\n").at(-1), `node1  ${result}`);
  });
}

Deno.test("start-cluster.sh prints what a login shell prints, without what moves the cursor", async () => {
  await using cluster = await SshCluster.create({ masters: [masterOn("node1")] });
  await cluster.addToProfile(
    String.raw`printf '\033[2Jhi\302\233 \303\244\t\000!\r\n'; printf 'no end' >&2`,
  );
  const { code, lines, errors } = await cluster.run("start-cluster.sh");
  assert.equal(code, 0);
  assert.equal(lines[1], "node1: ?[2Jhi? ä\t!");
  assert.equal(errors, "node1: no end\n");
});

Deno.test("scripts work in a shell that follows POSIX, or splits words elsewhere", async () => {
  await using cluster = await SshCluster.create({ masters: ["node1", "node2"].map(masterOn) });
  const file = cluster.installation.path("bash-env");
  await writeFile(file, "IFS=:\n");
  const environment = { POSIXLY_CORRECT: "1", BASH_ENV: file };
  for (const script of ["start-cluster.sh", "stop-cluster.sh"]) {
    const { code, errors } = await cluster.run(script, [], environment);
    assert.deepEqual([code, errors], [0, ""]);
  }
  for (const call of await cluster.calls()) assert.doesNotMatch(call, / -p /);
});

for (const end of ["exit 0", "exec true"]) {
  Deno.test(`scripts do not take it for success when the login profile says ${end}`, async () => {
    await using cluster = await SshCluster.create({ masters: [masterOn("node1")] });
    await cluster.addToProfile(end);
    for (const script of ["start-cluster.sh", "stop-cluster.sh"]) {
      const { code, errors } = await cluster.run(script);
      assert.equal(code, 1);
      assert.match(
        errors,
        /^node1 {2}its login profile ends the shell before the scripts are called/m,
      );
    }
  });
}

Deno.test("start-cluster.sh says that a host has no installation, or no binary", async () => {
  await using empty = await Installation.create();
  await rm(empty.path("masterd"));
  await using cluster = await SshCluster.create({
    masters: ["none1", "none2", "localhost"].map(masterOn),
  });
  await cluster.moveHome("none1", "/nowhere");
  await cluster.moveHome("none2", empty.home);
  const { code, errors } = await cluster.run("start-cluster.sh");
  assert.equal(code, 127);
  assert.match(
    errors,
    /^none1 .* There is no installation in \/nowhere: bin\/deploy-cluster\.sh /m,
  );
  assert.match(errors, /^none2 {6}exit code 1: No masterd binary: there is no .*\/masterd/m);
  assert.match(errors, /^localhost {2}ok$/m);
});

Deno.test("start-cluster.sh starts nothing on a host with another version, and stop-cluster.sh stops there", async () => {
  await using other = await Installation.create();
  const settings = other.path("conf", "answers", "script-env");
  await writeFile(settings, (await readFile(settings, "utf8")).replace("1.0.0", "0.9.0"));
  await other.run("jobmanager.sh", ["start", "node1", "8081"]);
  await using cluster = await SshCluster.create({ masters: [masterOn("node1")] });
  await cluster.moveHome("node1", other.home);
  const started = await cluster.run("start-cluster.sh");
  assert.equal(started.code, 1);
  assert.match(
    started.errors,
    /is version 0\.9\.0, but the cluster is started with version 1\.0\.0: bin\/deploy/,
  );
  const stopped = await cluster.run("stop-cluster.sh");
  assert.equal(stopped.code, 0);
  assert.deepEqual(await other.instances("standalonesession"), []);
});

Deno.test("start-cluster.sh says so when a worker runs under another name of its host", async () => {
  await using cluster = await SshCluster.create({
    masters: [],
    workers: ["node1\tremote\t-\t-", "NODE1\tremote\t-\t-", "10.0.0.1\tremote\t-\t-"],
  });
  const { code, lines } = await cluster.run("start-cluster.sh", [], { MASTERD_SSH_PARALLEL: "1" });
  assert.equal(code, 0);
  assert.ok(lines.includes("node1: Starting taskexecutor daemon on host NODE1."));
  assert.match(
    lines.find((line) => line.startsWith("10.0.0.1: [INFO] 0"))!,
    /\(pid: \d+, started for host node1\): nothing started\.$/,
  );
});

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`start-cluster.sh ends its ssh calls at ${signal}, and tells what is known`, async () => {
    await using cluster = await SshCluster.create({
      masters: ["node1", "slow2", "slow3", "slow4"].map(masterOn),
    });
    const script = cluster.spawn("start-cluster.sh", { MASTERD_SSH_PARALLEL: "3" });
    const printed = script.stdout.pipeThrough(new TextDecoderStream()).getReader();
    // What is printed is known.
    for (let text = ""; !text.includes("node1: Starting");) text += (await printed.read()).value;
    const events = await until(() => cluster.events(), (events) => events.length === 4);
    script.kill(signal);
    assert.equal((await script.status).code, code);
    await printed.cancel();
    assert.equal(
      await new Response(script.stderr).text(),
      lines(
        "HOST   RESULT",
        "node1  ok",
        "slow2  interrupted",
        "slow3  interrupted",
        "slow4  not begun",
      ),
    );
    for (const { pid } of events) assert.ok(!await isAlive(pid));
  });
}

Deno.test("start-cluster.sh ends the scripts of this host at SIGTERM, but no daemon", async () => {
  await using cluster = await SshCluster.create({ masters: ["localhost\t8081\tlocal\t-\t-"] });
  const script = cluster.spawn("start-cluster.sh", { FAKE_DAEMON: "never-ready" });
  const [daemon] = await until(
    () => cluster.installation.noted("daemons"),
    (daemons) => daemons.length === 1,
  );
  script.kill("SIGTERM");
  assert.equal((await script.output()).code, 143);
  assert.ok(await isAlive(parseInt(daemon!)));
  const { lines } = await cluster.run("stop-cluster.sh");
  assert.deepEqual(lines, [
    `Stopping standalonesession daemon (pid: ${parseInt(daemon!)}) on host localhost.`,
  ]);
});

Deno.test("stop-cluster.sh calls every host once for each kind, the last one first, and no host that is dark twice", async () => {
  await using cluster = await SshCluster.create({
    masters: ["localhost\t8081\tlocal\t-\t-", masterOn("node1"), masterOn("dark1")],
    workers: ["node1\tremote\t-\t-", "dark1\tremote\t-\t-", "node1\tremote\t-\t-"],
  });
  const outcome = await cluster.run("stop-cluster.sh", [], { MASTERD_SSH_PARALLEL: "1" });
  assert.equal(outcome.code, 255);
  assert.deepEqual(
    (await cluster.calls()).map((call) =>
      call.replace(/^.* (\w+) -- .*\/(\w+\.sh)\W* \W+(stop-all).*$/, "$1 $2 $3")
    ),
    [
      "node1 taskmanager.sh stop-all",
      "dark1 taskmanager.sh stop-all",
      "node1 jobmanager.sh stop-all",
    ],
  );
  assert.match(outcome.errors, /^dark1 +unreachable: .*\n(?:.*\n)*localhost +ok$/m);
});

Deno.test("stop-cluster.sh stops the host of the leader last, and there the leader", async () => {
  const masters = ["node1", "node2", "node3", "node2"].map(masterOn);
  masters[3] = masters[3]!.replace("8081", "8082");
  await using cluster = await SshCluster.create({ masters });
  const roles = ["standby", "leader", "unreachable", "standby"];
  const answer = masters.map((line, index) =>
    [...line.split("\t").slice(0, 2), roles[index]].join("\t")
  );
  await cluster.installation.answer({ status: lines(...answer) });
  await cluster.run("stop-cluster.sh", [], { MASTERD_SSH_PARALLEL: "1" });
  const told = (await cluster.calls()).map((call) =>
    call.replace(/^.* (\w+) -- .*jobmanager\.sh\W* (.*); exit .*$/, "$1 $2").replaceAll(
      /['\\]/g,
      "",
    )
  );
  assert.deepEqual(told, [
    "node2 stop node2 8082",
    "node3 stop-all",
    "node1 stop-all",
    "node2 stop-all",
  ]);
});

Deno.test("start-cluster.sh tells other hosts of a configuration folder that was given", async () => {
  await using cluster = await SshCluster.create({ masters: [] });
  const settings = await readFile(
    cluster.installation.path("conf", "answers", "script-env"),
    "utf8",
  );
  await cluster.installation.answer({
    "script-env": settings,
    masters: lines(masterOn("node1")),
    workers: "",
  }, "other conf");
  await cluster.run("start-cluster.sh", [], {
    FLINK_CONF_DIR: cluster.installation.path("other conf"),
  });
  const args = await cluster.installation.noted("arguments");
  assert.equal(args[args.indexOf("--configDir") + 1], cluster.installation.path("other conf"));
});

async function addSettings(cluster: SshCluster, ...settings: string[]): Promise<void> {
  await appendFile(cluster.installation.path("conf", "answers", "script-env"), lines(...settings));
}

function masterOn(host: string): string {
  return `${host}\t8081\tremote\t-\t-`;
}
