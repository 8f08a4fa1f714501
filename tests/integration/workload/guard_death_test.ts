import assert from "node:assert/strict";
import { TestProcess } from "../../support/process.ts";
import { until } from "../../support/until.ts";
import { sweep } from "../../../src/workload/sweep.ts";
import { encodeLine } from "../../../src/workload/guard_protocol.ts";
import { fromFileUrl } from "../daemon/source_tree.ts";
import { alive, childrenOf } from "./processes.ts";
import { asNobody, GUARD, TestGuard, type TestGuardOptions, withoutCgroup } from "./test_guard.ts";

const FAMILY = ["top", "group", "session", "forked", "frozen"];
/** Starts processes in every way in which one can escape from a group. */
const SPREAD = `
  trap '' TERM HUP
  sleep 1000 & echo group=$!
  setsid sleep 1000 & echo session=$!
  (setsid sh -c 'sleep 1000 & echo forked=$!' &)
  sh -c 'echo frozen=$$; kill -STOP $$' &
  echo top=$$
  while :; do sleep 1; done
`;
const SURROUNDINGS: readonly (readonly [string, TestGuardOptions])[] = [
  ["as this user", {}],
  ["without a cgroup", { prefix: withoutCgroup }],
  ["as nobody", { prefix: asNobody }],
];

for (const [surroundings, options] of SURROUNDINGS) {
  Deno.test(`T20 nothing of a command outlives its daemon, ${surroundings}`, async () => {
    await using guard = await TestGuard.start(options);
    await guard.run(SPREAD);
    const pids = await guard.pids(...FAMILY);
    assert.deepEqual(await alive(pids), pids);
    await guard.closeInput();
    assert.equal((await guard.ended).code, 0);
    assert.deepEqual(await alive(pids), []);
    assert.deepEqual(await guard.marked(), []);
  });

  Deno.test(`T20 nothing of a command outlives a killed guard, ${surroundings}`, async () => {
    await using guard = await TestGuard.start(options);
    await guard.run(SPREAD);
    const pids = await guard.pids(...FAMILY);
    guard.signal("SIGKILL");
    await until(() => alive(pids), (left) => left.length === 0);
    await until(() => guard.marked(), (left) => left.length === 0);
  });
}

Deno.test("the kernel kills the command itself when its guard and what stood by are killed", async () => {
  await using guard = await TestGuard.start();
  await guard.run("echo ready=$$; exec sleep 1000");
  const pids = await guard.pids("ready");
  const sweepers = await childrenOf(guard.pid, "masterd-sweeper");
  assert.equal(sweepers.length, 1);
  Deno.kill(sweepers[0]!, "SIGKILL");
  guard.signal("SIGKILL");
  await until(() => alive(pids), (left) => left.length === 0);
  const { cgroup } = await guard.report("ready");
  assert.equal((await sweep({ id: guard.id, cgroup })).left, 0);
});

Deno.test("T20 kill -9 of the daemon kills its command, and then releases", async () => {
  const log = await Deno.makeTempFile({ prefix: "masterd_guard_" });
  await using daemon = TestProcess.start(Deno.execPath(), {
    args: [
      ...[
        "run",
        "--no-check",
        "--allow-run",
        fromFileUrl(new URL("./small_daemon.ts", import.meta.url)),
      ],
      ...[...GUARD, "--session-file=/no/such/file"],
    ],
  });
  await daemon.writeLine(
    encodeLine({
      kind: "run",
      command: ["sh", "-c", SPREAD],
      environment: {},
      logFile: log,
      logMaxBytes: 1000,
      logKept: 1,
      deadline: null,
      stopGraceMs: 0,
    }).trim(),
  );
  const pids = await until(() => readPids(log), (found) => found.length === FAMILY.length);
  daemon.signal("SIGKILL");
  await daemon.waitForLine((line) => line.includes("no session to release"));
  assert.deepEqual(await alive(pids), []);
  await Deno.remove(log);
});

Deno.test("a guard to which nobody listens any more kills its command", async () => {
  await using guard = await TestGuard.start({
    prefix: ["sh", "-c", '"$@" | for _ in 1 2; do read -r line; echo "$line"; done', "sh"],
  });
  await guard.run("echo ready=$$; exec sleep 1000");
  const pids = await guard.pids("ready");
  await guard.report("started");
  await until(
    () => guard.order({ kind: "clock", id: 0 }).then(() => alive(pids), () => alive(pids)),
    (left) => left.length === 0,
  );
});

Deno.test("an idle guard ends with its daemon, and releases, too", async () => {
  await using guard = await TestGuard.start({ args: ["--session-file=/no/such/file"] });
  await guard.later(0);
  await guard.closeInput();
  assert.equal((await guard.ended).code, 0);
  assert.match(await guard.errors, /no session to release path=\/no\/such\/file/);
});

Deno.test("a guard starts nothing for a daemon that is dead, though its orders have no end yet", async () => {
  await using guard = await TestGuard.start({
    // The daemon is the shell; the test holds the other end of the guard's input.
    prefix: ["sh", "-c", 'exec 3<&0; "$@" <&3 & wait', "sh"],
    args: ["--session-file=/no/such/file"],
  });
  await guard.later(0);
  guard.signal("SIGKILL");
  await guard.ended;
  await guard.run("echo ready");
  assert.match(await guard.errors, /no session to release path=\/no\/such\/file/);
  assert.ok(guard.reports.every(({ kind }) => kind === "ready" || kind === "clock"));
});

Deno.test("a guard whose command ended releases nothing", async () => {
  await using guard = await TestGuard.start({ args: ["--session-file=/no/such/file"] });
  await guard.run("exit 1");
  assert.equal((await guard.ended).code, 0);
  assert.doesNotMatch(await guard.errors, /release/);
});

async function readPids(log: string): Promise<number[]> {
  const text = await Deno.readTextFile(log);
  return [...text.matchAll(/^\w+=(\d+)$/gm)].map(([, pid]) => Number(pid));
}
