import { Journal } from "../../src/daemon/journal/journal.ts";
import type { ClusterDocument, JournalEvent } from "../../src/http/cluster_document.ts";
import { clusterRoutes } from "../../src/http/cluster_routes.ts";
import { dashboardRoutes } from "../../src/http/dashboard/routes.ts";
import { EventHub } from "../../src/http/events_hub.ts";
import { readJson } from "../../src/http/request_body.ts";
import { jsonResponse, RequestError } from "../../src/http/responses.ts";
import { answerBy, type Route } from "../../src/http/router.ts";
import { HttpServer } from "../../src/http/server.ts";
import { createLogger } from "../../src/log/logger.ts";
import { NODE_STATUS, NOW } from "./situations.ts";

/** A request for a switchover: who asked, for what. */
export interface Asked {
  authorization: string | null;
  body: unknown;
}

type Told = Pick<JournalEvent, "kind" | "message">;

/** Serves the page of a master, and a cluster that is as the test says. */
export class ClusterServer implements AsyncDisposable {
  readonly asked: Asked[] = [];
  /** The `Last-Event-ID` of each stream that was opened. */
  readonly resumed: (string | null)[] = [];
  switchoverAnswer: { status: number; body: unknown } = { status: 200, body: { message: "done" } };
  /** Whether streams are refused, as where there are too many. */
  isFull = false;
  readonly #journal = new Journal({ now: () => this.#now });
  #now = new Date(NOW);
  readonly #port: number;
  #cluster: ClusterDocument;
  #hub: EventHub;
  #server: HttpServer;

  constructor(cluster: ClusterDocument) {
    this.#cluster = cluster;
    this.#hub = this.#newHub();
    this.#server = this.#serve(0);
    this.#port = this.#server.port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  /** From now on the cluster is this one, and every stream is told. */
  become(cluster: ClusterDocument): void {
    this.#cluster = cluster;
    this.#hub.tell("cluster", cluster);
  }

  tellLease(leftMs: number, lengthMs: number): void {
    this.#hub.tell("lease", { leftMs, lengthMs });
  }

  tell({ at = NOW, kind, message }: Partial<JournalEvent> & Told): void {
    this.#now = new Date(at);
    this.#journal.note(kind, message);
  }

  /** Ends all streams, while all else is answered. */
  endStreams(): void {
    this.#hub[Symbol.dispose]();
    this.#hub = this.#newHub();
  }

  /** Nothing answers any more, as when the master is dead. */
  async stop(): Promise<void> {
    this.#hub[Symbol.dispose]();
    await this.#server[Symbol.asyncDispose]();
  }

  /** It answers again, at the same place. */
  start(): void {
    this.#hub = this.#newHub();
    this.#server = this.#serve(this.#port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #newHub(): EventHub {
    const hub = new EventHub({ journal: this.#journal });
    hub.tell("cluster", this.#cluster);
    return hub;
  }

  #routes(): Route[] {
    return [
      ...dashboardRoutes(() => NODE_STATUS),
      ...clusterRoutes({
        document: () => Promise.resolve(this.#cluster),
        events: { open: (request) => this.#open(request), journal: this.#journal },
      }),
      { method: "POST", path: "/api/v1/switchover", answer: (request) => this.#ask(request) },
    ];
  }

  #open(request: Request): Response {
    if (this.isFull) throw new RequestError(503, "Too many streams are open");
    this.resumed.push(request.headers.get("last-event-id"));
    return this.#hub.open(request);
  }

  async #ask(request: Request): Promise<Response> {
    const body = await readJson(request);
    this.asked.push({ authorization: request.headers.get("authorization"), body });
    return jsonResponse(this.switchoverAnswer.status, this.switchoverAnswer.body);
  }

  #serve(port: number): HttpServer {
    const logger = createLogger("test", { write: () => {} });
    const answer = answerBy(this.#routes());
    return new HttpServer({ hostname: "127.0.0.1", port, answer, logger });
  }
}
