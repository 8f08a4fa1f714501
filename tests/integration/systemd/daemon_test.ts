import assert from "node:assert/strict";
import { NotifyReceiver } from "../../support/notify_receiver.ts";
import { freePorts } from "../../support/ports.ts";
import { TestProcess } from "../../support/process.ts";
import { ZooKeeperServer } from "../../support/zookeeper_server.ts";
import { fromFileUrl, main, permissions } from "../daemon/source_tree.ts";

const WATCHDOG_USEC = String(300_000);

/** A configuration folder, and a service manager that starts daemons with it. */
async function installation(lines: readonly string[]) {
  const homeDir = await Deno.makeTempDir({ prefix: "masterd_systemd_" });
  const receiver = await NotifyReceiver.open();
  await Deno.mkdir(`${homeDir}/conf`);
  await Deno.writeTextFile(`${homeDir}/conf/flink-conf.yaml`, `${lines.join("\n")}\n`);
  const processes = new AsyncDisposableStack();
  return {
    receiver,
    start: (...words: string[]) =>
      processes.use(TestProcess.start(Deno.execPath(), {
        args: ["run", "--quiet", "--no-prompt", ...permissions, fromFileUrl(main), ...words],
        cwd: homeDir,
        env: { MASTERD_HOME: homeDir, NOTIFY_SOCKET: receiver.path, WATCHDOG_USEC },
      })),
    async [Symbol.asyncDispose]() {
      await processes[Symbol.asyncDispose]();
      await receiver[Symbol.asyncDispose]();
      await Deno.remove(homeDir, { recursive: true });
    },
  };
}

function standalone([webuiPort, rpcPort]: readonly number[]): string[] {
  return [
    "high-availability: NONE",
    "jobmanager.rpc.address: localhost",
    `jobmanager.rpc.port: ${rpcPort}`,
    `rest.port: ${webuiPort}`,
  ];
}

Deno.test("a master tells systemd when it serves, what it is, that it lives, and that it ends", async () => {
  await using masterd = await installation(standalone(freePorts(2)));
  const { receiver } = masterd;
  const master = masterd.start("jobmanager");
  await receiver.line("READY=1");
  await receiver.line("STATUS=leader, epoch 0, 0 workers");
  await receiver.line("WATCHDOG=1");
  await receiver.line("WATCHDOG=1", { from: receiver.lines.length });
  assert.equal((await master.stop()).code, 0);
  await receiver.line("STOPPING=1");
  await receiver.line("STATUS=stopping");
  const order = ["READY=1", "STOPPING=1"].map((line) => receiver.lines.indexOf(line));
  assert.ok(order[0]! < order[1]!, receiver.lines.join("\n"));
});

Deno.test("a master that is frozen tells systemd nothing until it goes on, T4", async () => {
  await using masterd = await installation(standalone(freePorts(2)));
  const { receiver } = masterd;
  const master = masterd.start("jobmanager");
  await receiver.line("WATCHDOG=1");
  master.signal("SIGSTOP");
  const before = receiver.lines.length;
  // A bound on what must not happen: five beats would have come.
  await assert.rejects(receiver.line("WATCHDOG=1", {
    from: before + 1,
    signal: AbortSignal.timeout(500),
  }));
  master.signal("SIGCONT");
  await receiver.line("WATCHDOG=1", { from: before + 1 });
});

Deno.test("a worker tells systemd whether it has a leader", async () => {
  const ports = freePorts(2);
  await using masterd = await installation(standalone(ports));
  const { receiver } = masterd;
  masterd.start("taskmanager");
  await receiver.line("READY=1");
  await receiver.line("STATUS=unregistered; no leader");
  masterd.start("jobmanager");
  await receiver.line(`STATUS=registered with localhost:${ports[0]}`);
});

Deno.test("a master is ready for systemd once ZooKeeper is connected, and not before", async () => {
  await using server = await ZooKeeperServer.start();
  await server.stop();
  await using masterd = await installation([
    "high-availability: zookeeper",
    `high-availability.zookeeper.quorum: ${server.address}`,
    "high-availability.storageDir: state",
  ]);
  const { receiver } = masterd;
  const [port] = freePorts(1);
  masterd.start("jobmanager", "--host", "localhost", "--webui-port", String(port));
  await receiver.line("STATUS=standby; not connected to ZooKeeper");
  assert.ok(!receiver.lines.includes("READY=1"));
  await server.restart();
  await receiver.line("READY=1");
  await receiver.line("WATCHDOG=1", { from: receiver.lines.length });
});
