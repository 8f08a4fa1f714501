import { createHash } from "node:crypto";

/** What a call to a leader was. */
export interface ReceivedCall {
  method: string;
  /** Behind the base of the state API. */
  path: string;
  headers: Headers;
  /** Read to its end, unless the answer came without it. */
  body: Uint8Array | undefined;
}

type Answer = (request: Request, call: ReceivedCall) => Response | Promise<Response>;

/** Stands where the state API of a leader would, and answers as it is told. */
export class FakeLeader implements AsyncDisposable {
  readonly leaderSessionId = crypto.randomUUID();
  readonly calls: ReceivedCall[] = [];
  /** Whether another may lead by now. */
  isOver = false;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #answer: Answer;

  /** Without an answer of its own it takes every write. */
  constructor(answer: Answer = accept) {
    this.#answer = answer;
    this.#server = Deno.serve(
      // A call that breaks off is no failure of the test.
      { hostname: "127.0.0.1", port: 0, onListen: () => {}, onError: () => new Response() },
      (request) => this.#receive(request),
    );
  }

  get address(): { host: string; webuiPort: number; rpcPort: number } {
    return { host: "127.0.0.1", webuiPort: 8081, rpcPort: this.#server.addr.port };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #receive(request: Request): Promise<Response> {
    const base = `/rpc/v1/leaderships/${this.leaderSessionId}/state`;
    const { pathname } = new URL(request.url);
    if (!pathname.startsWith(base)) return refuse(404, undefined, `There is no ${pathname}`);
    const { method, headers } = request;
    const call = { method, path: pathname.slice(base.length), headers, body: undefined };
    this.calls.push(call);
    const response = await this.#answer(request, call);
    this.isOver = true;
    return response;
  }
}

/** Takes every write, as version 7 under epoch 3. */
export async function accept(request: Request, call: ReceivedCall): Promise<Response> {
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
