import { connect, type ZooKeeper } from "zookeeper";
import { call } from "../../../src/http/call.ts";
import type { NodeStatus } from "../../../src/http/status.ts";
import { exchange, type HttpAnswer } from "../../../src/storage/http_exchange.ts";
import type { Bytes } from "../../../src/storage/storage.ts";
import { freePorts } from "../../support/ports.ts";
import type { TestProcess } from "../../support/process.ts";
import { until } from "../../support/until.ts";
import { ZooKeeperServer } from "../../support/zookeeper_server.ts";
import { MasterdHome } from "./masterd_home.ts";

export const SESSION_TIMEOUT_MS = 2000;
export const TOKEN = "a-token-of-the-whole-cluster";
const TICK_MS = 500;
const signal = new AbortController().signal;

/** A ZooKeeper server, and masters that keep state in a folder of their home. */
export class StateCluster implements AsyncDisposable {
  readonly server: ZooKeeperServer;
  readonly home: MasterdHome;
  readonly ports: readonly [number, number];

  private constructor(
    server: ZooKeeperServer,
    home: MasterdHome,
    ports: readonly [number, number],
  ) {
    this.server = server;
    this.home = home;
    this.ports = ports;
  }

  static async create(conf = "", files: Record<string, string> = {}): Promise<StateCluster> {
    const server = await ZooKeeperServer.start({ tickTimeMs: TICK_MS });
    const ports = freePorts(2) as [number, number];
    const home = await MasterdHome.create({
      "conf/flink-conf.yaml": `high-availability: zookeeper
high-availability.zookeeper.quorum: ${server.address}
high-availability.zookeeper.client.session-timeout: ${SESSION_TIMEOUT_MS} ms
high-availability.cluster-id: /cluster_one
high-availability.storageDir: storage
masterd.zookeeper.tick-time: ${TICK_MS} ms
masterd.token-file: token
jobmanager.bind-host: localhost
rest.bind-address: localhost
${conf}`,
      "conf/masters": ports.map((port) => `localhost:${port}\n`).join(""),
      "token": `${TOKEN}\n`,
      ...files,
    });
    await Deno.chmod(`${home.homeDir}/token`, 0o600);
    return new StateCluster(server, home, ports);
  }

  /** Where the blobs lie. */
  get storageDir(): string {
    return `${this.home.homeDir}/storage/cluster_one`;
  }

  master(port: number): TestProcess {
    return this.home.start("jobmanager", "--host", "localhost", "--webui-port", String(port));
  }

  async status(port: number): Promise<NodeStatus> {
    const { body } = await call(`http://localhost:${port}/api/v1/status`, {
      method: "GET",
      signal,
    });
    return body as NodeStatus;
  }

  /** The status of a master once it is as wanted. */
  untilStatus(port: number, holds: (status: NodeStatus) => boolean): Promise<NodeStatus> {
    return until(() => this.status(port), holds, { limitMs: 20_000 });
  }

  /** A caller of the state API of a master, whoever leads. */
  async caller(port: number, token: string | undefined = TOKEN): Promise<StateCaller> {
    const { node } = await this.untilStatus(port, ({ node }) => node.rpcPort !== null);
    return new StateCaller(
      `http://localhost:${node.rpcPort}/rpc/v1/leaderships/current/state`,
      token,
    );
  }

  connect(): Promise<ZooKeeper> {
    return connect(this.server.address, { signal: AbortSignal.timeout(10_000) });
  }

  /** Paths of the blobs of an entry. */
  async blobsOf(name: string): Promise<string[]> {
    const paths: string[] = [];
    for await (const folder of Deno.readDir(this.storageDir)) {
      if (!folder.name.startsWith("state-")) continue;
      for await (const blob of Deno.readDir(`${this.storageDir}/${folder.name}`)) {
        if (blob.name.startsWith(`${name}.`)) {
          paths.push(`${this.storageDir}/${folder.name}/${blob.name}`);
        }
      }
    }
    return paths;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.home[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
  }
}

/** What a call was answered. */
export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  /** Undefined unless the body is JSON. */
  // deno-lint-ignore no-explicit-any
  json: any;
}

export interface CallChanges {
  headers?: Record<string, string>;
  body?: string | Uint8Array | Bytes;
}

/** Calls the state API as a client would, with one token. */
export class StateCaller {
  readonly base: string;
  readonly #token: string | undefined;

  constructor(base: string, token: string | undefined) {
    this.base = base;
    this.#token = token;
  }

  /** The same for one leadership. */
  under(leaderSessionId: string): StateCaller {
    return new StateCaller(this.base.replace("current", leaderSessionId), this.#token);
  }

  async call(method: string, path: string, changes: CallChanges = {}): Promise<Reply> {
    const answer = await this.#exchange(method, path, changes);
    const text = await answer.text(16 * 1024 * 1024);
    return { status: answer.status, headers: answer.headers, text, json: parseJson(text) };
  }

  #exchange(method: string, path: string, changes: CallChanges = {}): Promise<HttpAnswer> {
    const { body } = changes;
    const headers = {
      ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
      ...changes.headers,
    };
    return exchange({
      method,
      url: new URL(`${this.base}${path}`),
      headers,
      body: typeof body === "string" ? new TextEncoder().encode(body) : body,
      timeoutMs: 20_000,
      signal,
    });
  }

  /** As `call`, with the path as it is written here: a URL would resolve its dots. */
  async callPlainly(method: string, path: string): Promise<Reply> {
    const { hostname, port, pathname } = new URL(this.base);
    const connection = await Deno.connect({ hostname, port: Number(port) });
    const head = [
      `${method} ${pathname}${path} HTTP/1.0`,
      ...(this.#token === undefined ? [] : [`authorization: Bearer ${this.#token}`]),
      "content-length: 0",
    ].join("\r\n");
    await connection.write(new TextEncoder().encode(`${head}\r\n\r\n`));
    const [start, text] = (await new Response(connection.readable).text()).split("\r\n\r\n");
    const status = Number(start!.split(" ")[1]);
    return { status, headers: new Headers(), text: text!, json: parseJson(text!) };
  }

  /** Reads an entry to its end, and keeps nothing of it. */
  async lengthOf(name: string): Promise<number> {
    const answer = await this.#exchange("GET", `/${name}`);
    let length = 0;
    for await (const piece of answer.body) length += piece.length;
    return length;
  }

  put(name: string, content: string | Uint8Array | Bytes, headers = {}): Promise<Reply> {
    return this.call("PUT", `/${name}`, { body: content, headers });
  }

  get(path: string, headers = {}): Promise<Reply> {
    return this.call("GET", path === "" ? "" : `/${path}`, { headers });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
