import { freePorts } from "../../support/ports.ts";
import type { TestProcess } from "../../support/process.ts";
import { ZooKeeperServer } from "../../support/zookeeper_server.ts";
import { MasterdHome } from "../daemon/masterd_home.ts";
import { fromFileUrl, main, permissions } from "../daemon/source_tree.ts";

/** What a command line did. */
export interface Run {
  code: number;
  out: string;
  errors: string;
}

export interface RunningCommand {
  child: Deno.ChildProcess;
  /** Its standard input. */
  input: WritableStreamDefaultWriter<Uint8Array>;
  ended: Promise<Run>;
}

const LIMIT_MS = 60_000;

/** A ZooKeeper server, two masters that can be started, and commands in their folder. */
export class StateCluster implements AsyncDisposable {
  readonly home: MasterdHome;
  readonly #server: ZooKeeperServer;
  readonly #ports: readonly number[];
  readonly #commands: Deno.ChildProcess[] = [];

  static async create(conf = ""): Promise<StateCluster> {
    const server = await ZooKeeperServer.start({ tickTimeMs: 500 });
    const ports = freePorts(2);
    const home = await MasterdHome.create({
      "conf/flink-conf.yaml": `high-availability: zookeeper
high-availability.zookeeper.quorum: ${server.address}
high-availability.zookeeper.client.session-timeout: 2 s
high-availability.cluster-id: /cluster_one
high-availability.storageDir: state
env.pid.dir: run
jobmanager.bind-host: localhost
rest.bind-address: localhost
${conf}`,
      "conf/masters": ports.map((port) => `localhost:${port}\n`).join(""),
    });
    return new StateCluster(server, home, ports);
  }

  private constructor(server: ZooKeeperServer, home: MasterdHome, ports: readonly number[]) {
    this.#server = server;
    this.home = home;
    this.#ports = ports;
  }

  /** The absolute path of a file in the folder. */
  path(name: string): string {
    return `${this.home.homeDir}/${name}`;
  }

  /** Starts a master of conf/masters. */
  master(index: 0 | 1): TestProcess {
    const port = String(this.#ports[index]);
    return this.home.start("jobmanager", "--host", "localhost", "--webui-port", port);
  }

  /** Starts a master, which then leads. */
  async leader(index: 0 | 1 = 0): Promise<TestProcess> {
    const master = this.master(index);
    await master.waitForLine((line) => line.includes("leader address published"));
    return master;
  }

  /** Runs `masterd state` with these words, and this on its standard input. */
  async state(words: readonly string[], input = ""): Promise<Run> {
    const { input: writer, ended } = this.start(words);
    await writer.write(new TextEncoder().encode(input)).catch(() => {});
    await writer.close().catch(() => {});
    return await ended;
  }

  /** Starts `masterd state` with these words. */
  start(words: readonly string[]): RunningCommand {
    const child = new Deno.Command("setpriv", {
      args: [
        ...["--pdeathsig", "KILL", "--", Deno.execPath()],
        ...["run", "--quiet", "--no-prompt", ...permissions, fromFileUrl(main)],
        ...["state", ...words],
      ],
      cwd: this.home.homeDir,
      env: { MASTERD_HOME: this.home.homeDir },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#commands.push(child);
    return { child, input: child.stdin.getWriter(), ended: endOf(child) };
  }

  /** The blobs of an entry as files, oldest first. */
  async blobs(entry: string): Promise<string[]> {
    const found: { path: string; sequence: number }[] = [];
    for await (const path of filesBelow(this.path("state"))) {
      const match = /\/([^/]+)\.\d+\.(\d+)\.[0-9a-f]{16}$/.exec(path);
      if (match?.[1] === entry) found.push({ path, sequence: Number(match[2]) });
    }
    return found.sort((one, other) => one.sequence - other.sequence).map(({ path }) => path);
  }

  /** What the leader has begun to write and not ended. */
  async unfinishedBlobs(): Promise<string[]> {
    const files = await Array.fromAsync(filesBelow(this.path("state")));
    return files.filter((path) => path.split("/").at(-1)!.startsWith("."));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#commands) {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await child.status;
    }
    await this.home[Symbol.asyncDispose]();
    await this.#server[Symbol.asyncDispose]();
  }
}

async function endOf(child: Deno.ChildProcess): Promise<Run> {
  const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
  try {
    const [{ code }, out, errors] = await Promise.all([
      child.status,
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    return { code, out, errors };
  } finally {
    clearTimeout(timer);
  }
}

async function* filesBelow(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* filesBelow(path);
    else yield path;
  }
}
