/// <reference lib="deno.unstable" />
import assert from "node:assert/strict";
import { runTogether } from "../../../src/async/run_together.ts";
import { ServiceManager } from "../../../src/daemon/service_manager.ts";
import { NotifyReceiver } from "../../support/notify_receiver.ts";
import { until } from "../../support/until.ts";
import { recordedLog } from "./fakes.ts";

const BEAT_OF_10_MS = { WATCHDOG_USEC: "30000" };

async function connected(environment: Record<string, string> = {}) {
  const receiver = await NotifyReceiver.open();
  const log = recordedLog();
  const manager = new ServiceManager({ NOTIFY_SOCKET: receiver.path, ...environment }, log.logger);
  return {
    receiver,
    manager,
    log,
    async [Symbol.asyncDispose]() {
      await manager[Symbol.asyncDispose]();
      await receiver[Symbol.asyncDispose]();
    },
  };
}

/** Runs a service of the manager until what it is to bring about is there. */
function during(service: (signal: AbortSignal) => Promise<void>, fact: () => Promise<unknown>) {
  return runTogether([
    service,
    async () => {
      await fact();
    },
  ], new AbortController().signal);
}

/** What sockets that speak to a service manager leave where temporary files lie. */
async function traces(): Promise<string[]> {
  const folder = Deno.env.get("TMPDIR") ?? "/tmp";
  const entries = await Array.fromAsync(Deno.readDir(folder));
  return entries.map(({ name }) => name).filter((name) => name.startsWith("masterd_notify_"));
}

Deno.test("ServiceManager tells status, readiness and end in the order they came about", async () => {
  await using ends = await connected();
  const { manager, receiver, log } = ends;
  manager.status("standby; no leader");
  await manager.ready();
  manager.status("leader, epoch 7, 0 workers");
  await receiver.line("STATUS=leader, epoch 7, 0 workers");
  manager.stopping({ withinMs: 500 });
  await receiver.line("STATUS=stopping");
  assert.deepEqual(receiver.lines, [
    "STATUS=standby; no leader",
    "READY=1",
    "STATUS=leader, epoch 7, 0 workers",
    "STOPPING=1",
    "EXTEND_TIMEOUT_USEC=1500000",
    "STATUS=stopping",
  ]);
  assert.deepEqual(log.lines, []);
});

Deno.test("status() tells the same line once", async () => {
  await using ends = await connected();
  const { manager, receiver } = ends;
  manager.status("standby");
  await receiver.line("STATUS=standby");
  manager.status("standby");
  await manager.ready();
  await receiver.line("READY=1");
  assert.deepEqual(receiver.messages, ["STATUS=standby", "READY=1"]);
});

Deno.test("status() lets no text of others speak for the daemon, and keeps it short", async () => {
  await using ends = await connected();
  const { manager, receiver } = ends;
  manager.status(`standby; leader is a\nMAINPID=1\0${"x".repeat(10_000)}`);
  await manager.ready();
  await receiver.line("READY=1");
  const [status] = receiver.lines;
  assert.match(status!, /^STATUS=standby; leader is a MAINPID=1 x+$/);
  assert.equal(status!.length, "STATUS=".length + 500);
});

Deno.test("ServiceManager does nothing where no manager is, and its services wait for the end", async () => {
  const { logger, lines } = recordedLog();
  const stop = new AbortController();
  await using manager = new ServiceManager({ WATCHDOG_USEC: "1000" }, logger);
  manager.status("standby");
  await manager.ready();
  manager.stopping({ withinMs: 1 });
  const services = [
    manager.watchdog(stop.signal),
    manager.tellStatus(() => assert.fail("asked for a status"), stop.signal),
  ];
  stop.abort();
  await Promise.all(services);
  assert.deepEqual(lines, []);
});

Deno.test("ServiceManager leaves no socket of its own behind, even while it is in use", async () => {
  const before = await traces();
  await using ends = await connected();
  await ends.manager.ready();
  await ends.receiver.line("READY=1");
  assert.deepEqual((await traces()).filter((name) => !before.includes(name)), []);
});

Deno.test("ServiceManager logs once that the receiver has gone, and lives on", async () => {
  const { logger, lines } = recordedLog();
  await using manager = new ServiceManager({ NOTIFY_SOCKET: "/no/such/socket" }, logger);
  await manager.ready();
  manager.status("standby");
  await manager.ready();
  assert.equal(lines.length, 1);
  assert.match(lines[0]!, /WARN .*cannot notify .* socket=\/no\/such\/socket error=.*No such file/);
});

for (const garbage of ["notify", "vsock:2:1234", "\n", "/", `/${"x".repeat(200)}`, "/dev/null"]) {
  Deno.test(`ServiceManager lives on with NOTIFY_SOCKET=${JSON.stringify(garbage).slice(0, 20)}`, async () => {
    const { logger, lines } = recordedLog();
    await using manager = new ServiceManager({ NOTIFY_SOCKET: garbage }, logger);
    await manager.ready();
    assert.equal(lines.length, 1, lines.join(""));
    assert.match(lines[0]!, /cannot notify the service manager/);
  });
}

Deno.test("ServiceManager tells later what could not be told, unless it is out of date", async () => {
  await using receiver = await NotifyReceiver.open();
  const { logger } = recordedLog();
  const late = `${receiver.path}.link`;
  await using manager = new ServiceManager({ NOTIFY_SOCKET: late, ...BEAT_OF_10_MS }, logger);
  manager.status("starting");
  await manager.ready();
  const stop = new AbortController();
  await Deno.symlink(receiver.path, late);
  manager.status("standby");
  await receiver.line("STATUS=standby");
  stop.abort();
  assert.deepEqual(receiver.lines.sort(), ["READY=1", "STATUS=standby"]);
});

Deno.test("ServiceManager gives up on a receiver that takes nothing, and keeps no end waiting", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/notify`;
  const deaf = Deno.listenDatagram({ transport: "unixpacket", path });
  const { logger, line } = recordedLog();
  await using stack = new AsyncDisposableStack();
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  stack.defer(() => deaf.close());
  const manager = stack.use(new ServiceManager({ NOTIFY_SOCKET: path, ...BEAT_OF_10_MS }, logger));
  // The queue of the kernel is full after a few hundred messages at most.
  await during(
    (signal) => manager.watchdog(signal),
    () => line(/cannot notify .* took longer than/),
  );
});

Deno.test("watchdog() beats at a third of what the manager asks for, again and again", async () => {
  await using ends = await connected(BEAT_OF_10_MS);
  const { manager, receiver } = ends;
  await during((signal) => manager.watchdog(signal), async () => {
    for (let from = 0; from < 5; from++) await receiver.line("WATCHDOG=1", { from });
  });
  assert.ok(receiver.lines.every((line) => line === "WATCHDOG=1"));
});

Deno.test("watchdog() beats for the process that was asked, and for no other", async () => {
  await using ours = await connected({ ...BEAT_OF_10_MS, WATCHDOG_PID: String(Deno.pid) });
  await during((signal) => ours.manager.watchdog(signal), () => ours.receiver.line("WATCHDOG=1"));

  await using theirs = await connected({ ...BEAT_OF_10_MS, WATCHDOG_PID: "1" });
  const stop = new AbortController();
  const ended = theirs.manager.watchdog(stop.signal);
  await theirs.manager.ready();
  await theirs.receiver.line("READY=1");
  stop.abort();
  await ended;
  assert.deepEqual(theirs.receiver.lines, ["READY=1"]);
});

Deno.test("watchdog() does not claim health after a deadline that nobody noticed, T4 and T5", async () => {
  await using ends = await connected(BEAT_OF_10_MS);
  const { manager, receiver, log } = ends;
  let questions = 0;
  await during(
    (signal) => manager.watchdog(signal, { isHealthy: () => ++questions <= 2 }),
    async () => {
      await log.line(/ERROR .*not healthy/);
      await until(() => questions, (count) => count >= 6);
      await manager.ready();
      await receiver.line("READY=1");
    },
  );
  // The second may still be unsent when it is no longer true.
  const beats = receiver.lines.filter((line) => line === "WATCHDOG=1").length;
  assert.ok(beats === 1 || beats === 2, `${beats} beats`);
  assert.equal(log.lines.length, 1);
});

for (const garbage of ["soon", "-1", "0", "1.5"]) {
  Deno.test(`watchdog() does nothing but warn with WATCHDOG_USEC=${garbage}`, async () => {
    await using ends = await connected({ WATCHDOG_USEC: garbage });
    const { manager, receiver, log } = ends;
    const stop = new AbortController();
    const ended = manager.watchdog(stop.signal);
    await manager.ready();
    await receiver.line("READY=1");
    stop.abort();
    await ended;
    assert.deepEqual(receiver.lines, ["READY=1"]);
    assert.match(log.lines.join(""), /WARN .*WATCHDOG_USEC/);
  });
}

Deno.test("tellStatus() tells what changed until it is stopped", async () => {
  await using ends = await connected();
  const { manager, receiver } = ends;
  let text = "standby";
  await during((signal) => manager.tellStatus(() => text, signal), async () => {
    await receiver.line("STATUS=standby");
    text = "leader";
    await receiver.line("STATUS=leader");
  });
  assert.deepEqual(receiver.lines, ["STATUS=standby", "STATUS=leader"]);
});
