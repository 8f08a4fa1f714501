import { until } from "../support/until.ts";
import { type Answer, Client } from "./client.ts";
import { SUPER_USER } from "./identities.ts";
import type { Step } from "./step.ts";
import { SessionNames } from "./text.ts";
import { treeText } from "./tree_text.ts";

const TIMEOUT_MS = 30_000;
// The server takes the shortest it knows.
const SHORT_TIMEOUT_MS = 1;
const OPEN = [{ permissions: 31, id: { scheme: "world", id: "anyone" } }];

/** A server that programs are run on. */
export interface TestedServer extends AsyncDisposable {
  readonly port: number;
  /** Ends, and starts again on the same data. */
  restart(): Promise<void>;
  fourLetterWord(word: string): Promise<string>;
}

/** What a step was answered, and what each client has heard of it. */
export interface Observation {
  /** Answers to the step's requests, if it had some. */
  readonly answers: readonly Answer[];
  readonly heard: readonly (readonly string[])[];
}

/** A server and its clients. */
export class Subject implements AsyncDisposable {
  readonly #server: TestedServer;
  readonly #names = new SessionNames();
  readonly #clients: Client[] = [];
  #hasRestarted = false;

  static async open(server: TestedServer, clientCount: number): Promise<Subject> {
    await using opened = new AsyncDisposableStack();
    const subject = opened.use(new Subject(server));
    for (let index = 0; index < clientCount; index++) {
      subject.#clients.push(await subject.#newClient());
    }
    opened.move();
    return subject;
  }

  private constructor(server: TestedServer) {
    this.#server = server;
  }

  /** Does the step, and lets every client hear all that it led to. */
  async perform(step: Step): Promise<Observation> {
    const answers = await this.#act(step);
    await Promise.all(this.#clients.map((client) => client.catchUp()));
    return { answers, heard: this.#clients.map((client) => client.takeHeard()) };
  }

  /** All nodes, as one hears of them who may read everything. */
  async tree(): Promise<string[]> {
    using client = await this.#newClient();
    await client.authenticate(SUPER_USER);
    return await treeText(client);
  }

  /** Ends a client's connection for good. */
  disconnect(client: number): void {
    this.#clients[client]![Symbol.dispose]();
  }

  /** The server's own counts of what the clients have made. */
  async counts({ ofWatches }: { ofWatches: boolean }): Promise<string[]> {
    const report = await this.#server.fourLetterWord("mntr");
    const names = ["znode_count", "ephemerals_count"];
    if (ofWatches) names.push("watch_count");
    // After a restart Apache's server counts the root's data twice.
    if (!this.#hasRestarted) names.push("approximate_data_size");
    return names.map((name) => {
      const value = new RegExp(`^zk_${name}\\t(\\S+)$`, "m").exec(report)?.[1];
      return `${name} ${value ?? "is not told"}`;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client[Symbol.dispose]();
    await this.#server[Symbol.asyncDispose]();
  }

  #newClient(timeoutMs = TIMEOUT_MS): Promise<Client> {
    return Client.open(this.#server.port, this.#names, timeoutMs);
  }

  async #act(step: Step): Promise<readonly Answer[]> {
    switch (step.kind) {
      case "ask":
        return await this.#clients[step.client]!.ask(...step.requests);
      case "authenticate":
        await this.#clients[step.client]!.authenticate(step.credentials);
        break;
      case "reconnect":
        await this.#reconnect(step);
        break;
      case "leave":
        await this.#replace(step.client);
        break;
      case "expire":
        await this.#expire(step.paths);
        break;
      case "restart":
        await this.#restart();
    }
    return [];
  }

  async #reconnect(step: Extract<Step, { kind: "reconnect" }>): Promise<void> {
    const client = this.#clients[step.client]!;
    await client.reconnect(this.#server.port, step.manner);
    await client.setWatches(step.operation, step.watches, step.transactionsAgo);
  }

  async #replace(index: number): Promise<void> {
    const leaving = this.#clients[index]!;
    await leaving.leave(this.#server.port);
    const coming = await this.#newClient();
    coming.recall(leaving.takeHeard());
    this.#clients[index] = coming;
  }

  async #expire(paths: readonly string[]): Promise<void> {
    const marker = "/expiring";
    const watching = this.#clients[0]!;
    using vanishing = await this.#newClient(SHORT_TIMEOUT_MS);
    for (const path of [marker, ...paths]) {
      await vanishing.ask({ name: "create", body: { path, data: null, acl: OPEN, flags: 1 } });
    }
    vanishing[Symbol.dispose]();
    await until(() => watching.sees(marker), (isThere) => !isThere);
    await vanishing.reconnect(this.#server.port, "lost");
    watching.recall(vanishing.takeHeard());
  }

  async #restart(): Promise<void> {
    await this.#server.restart();
    this.#hasRestarted = true;
    for (const client of this.#clients) await client.reconnect(this.#server.port, "lost");
  }
}
