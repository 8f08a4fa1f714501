import { createHash } from "node:crypto";
import { PlainHttpServer, type PlainRequest } from "./plain_http_server.ts";

/** What a call to a leader was. */
export interface ReceivedCall {
  method: string;
  /** Behind the base of the state API. */
  path: string;
  headers: Headers;
  /** Read to its end, unless the answer came without it. */
  body: Uint8Array | undefined;
}

/** As much of a request as answers look at; the body comes once it is asked for. */
export interface LeaderRequest {
  method: string;
  bytes(): Promise<Uint8Array>;
}

type Answer = (request: LeaderRequest, call: ReceivedCall) => Response | Promise<Response>;

/**
 * Stands where the state API of a leader would, and answers as it is told. Not on Deno's server, which
 * from some version on asks for a body (100 Continue) that nobody has read yet.
 */
export class FakeLeader implements AsyncDisposable {
  readonly leaderSessionId = crypto.randomUUID();
  readonly calls: ReceivedCall[] = [];
  /** Whether another may lead by now. */
  isOver = false;
  readonly #server: PlainHttpServer;
  readonly #answer: Answer;

  /** Without an answer of its own it takes every write. */
  constructor(answer: Answer = accept) {
    this.#answer = answer;
    this.#server = PlainHttpServer.start(async (request) => {
      const response = await this.#receive(request);
      const body = new Uint8Array(await response.arrayBuffer());
      return { status: response.status, headers: Object.fromEntries(response.headers), body };
    });
  }

  get address(): { host: string; webuiPort: number; rpcPort: number } {
    return { host: "127.0.0.1", webuiPort: 8081, rpcPort: this.#server.port };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }

  async #receive({ method, headers, url, readBody }: PlainRequest): Promise<Response> {
    const base = `/rpc/v1/leaderships/${this.leaderSessionId}/state`;
    const { pathname } = url;
    if (!pathname.startsWith(base)) return refuse(404, undefined, `There is no ${pathname}`);
    const call = { method, path: pathname.slice(base.length), headers, body: undefined };
    this.calls.push(call);
    const response = await this.#answer({ method, bytes: readBody }, call);
    this.isOver = true;
    return response;
  }
}

/** Takes every write, as version 7 under epoch 3. */
export async function accept(request: LeaderRequest, call: ReceivedCall): Promise<Response> {
  call.body = await request.bytes();
  switch (request.method) {
    case "PUT":
      return Response.json(entryOf(call), { status: 201 });
    case "DELETE":
      return new Response(null, { status: 204 });
    default:
      return Response.json({ removed: [], waiting: [], finishedDeletions: [] });
  }
}

/** The entry that a put made, as the state API writes it. */
export function entryOf({ path, body = new Uint8Array() }: ReceivedCall): Record<string, unknown> {
  return {
    name: path.slice(1),
    version: "7",
    length: body.length,
    sha256: createHash("sha256").update(body).digest("hex"),
    epoch: "3",
    writtenAt: "2025-01-02T03:04:05.678Z",
  };
}

/** An error as the state API writes it. */
export function refuse(status: number, kind: string | undefined, error: string): Response {
  return Response.json({ error, kind }, { status });
}
