import { CuratorContender } from "../../tests/interop/curator_contender.ts";
import { freePort } from "../../tests/support/ports.ts";
import { TestProcess } from "../../tests/support/process.ts";
import { until } from "../../tests/support/until.ts";
import type { Contender, Peer } from "./contender.ts";

const PYTHON = "/usr/bin/python3";

export interface PeerOptions {
  address: string;
  sessionTimeoutMs: number;
  tickTimeMs: number;
}

export type DisposablePeer = Peer & AsyncDisposable;

/**
 * The built program with a leader-only command: it leads from the moment the command runs, which is
 * when the command opens a connection to us.
 */
export async function masterdPeer(binary: string, options: PeerOptions): Promise<DisposablePeer> {
  const home = await Deno.makeTempDir({ prefix: "masterd_bench_" });
  const running: TestProcess[] = [];
  return {
    name: "masterd",
    async start(round) {
      const folder = `${home}/${round}`;
      const webuiPort = freePort();
      const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      await writeConfiguration(folder, { ...options, webuiPort, reportTo: listener.addr.port });
      const leads = listener.accept().then((connection) => {
        const atMs = performance.now();
        connection.close();
        listener.close();
        return atMs;
      });
      leads.catch(() => {});
      const master = TestProcess.start(binary, {
        args: ["jobmanager", "--configDir", `${folder}/conf`],
        env: { MASTERD_HOME: folder },
      });
      running.push(master);
      return {
        leads,
        joined: until(() => isReady(webuiPort), Boolean).then(() => {}),
        crash: () => crash(master),
      };
    },
    async [Symbol.asyncDispose]() {
      for (const master of running) await master.kill();
      await Deno.remove(home, { recursive: true });
    },
  };
}

/** Kazoo's Election. */
export function kazooPeer({ address, sessionTimeoutMs }: PeerOptions): DisposablePeer {
  const script = new URL("./kazoo_contender.py", import.meta.url).pathname;
  const args = [script, address, "/bench/kazoo", String(sessionTimeoutMs / 1000)];
  const running: TestProcess[] = [];
  return {
    name: "Kazoo Election",
    start() {
      const python = TestProcess.start(PYTHON, { args });
      running.push(python);
      const said = (word: string) =>
        python.waitForLine((line) => line === word, { limitMs: 120_000 });
      const leads = said("LEADER").then(({ atMs }) => atMs);
      leads.catch(() => {});
      const joined = said("READY").then(() => {});
      return Promise.resolve<Contender>({ leads, joined, crash: () => crash(python) });
    },
    async [Symbol.asyncDispose]() {
      for (const python of running) await python.kill();
    },
  };
}

/** Curator's LeaderLatch, with its default policy for lost connections. */
export function curatorPeer({ address, sessionTimeoutMs }: PeerOptions): DisposablePeer {
  const running: CuratorContender[] = [];
  return {
    name: "Curator LeaderLatch",
    async start(round) {
      const leads = Promise.withResolvers<number>();
      const curator = await CuratorContender.start({
        address,
        sessionTimeoutMs,
        latchPath: "/bench/curator",
        id: String(round),
        onLeader: leads.resolve,
        onNotLeader: () => {},
      });
      running.push(curator);
      return {
        leads: leads.promise,
        joined: curator.join(),
        async crash() {
          const atMs = performance.now();
          await curator.kill();
          return atMs;
        },
      };
    },
    async [Symbol.asyncDispose]() {
      for (const curator of running) await curator.kill();
    },
  };
}

async function crash(process: TestProcess): Promise<number> {
  const atMs = performance.now();
  await process.kill();
  return atMs;
}

async function isReady(webuiPort: number): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${webuiPort}/ready`);
  await response.body?.cancel();
  return response.ok;
}

async function writeConfiguration(
  folder: string,
  options: PeerOptions & { webuiPort: number; reportTo: number },
): Promise<void> {
  const { address, sessionTimeoutMs, tickTimeMs, webuiPort, reportTo } = options;
  const command = ["bash", "-c", `exec 3<>/dev/tcp/127.0.0.1/${reportTo}; exec sleep infinity`];
  await Deno.mkdir(`${folder}/conf`, { recursive: true });
  await Deno.writeTextFile(`${folder}/conf/masters`, `localhost:${webuiPort}\n`);
  await Deno.writeTextFile(
    `${folder}/conf/flink-conf.yaml`,
    [
      "high-availability: zookeeper",
      `high-availability.zookeeper.quorum: ${address}`,
      "high-availability.zookeeper.path.root: /bench",
      "high-availability.cluster-id: /failover",
      `high-availability.storageDir: ${folder}/state`,
      `high-availability.zookeeper.client.session-timeout: ${sessionTimeoutMs} ms`,
      `masterd.zookeeper.tick-time: ${tickTimeMs} ms`,
      `masterd.jobmanager.command: ${JSON.stringify(command)}`,
      "",
    ].join("\n"),
  );
}
