import { bearerToken, unauthorized } from "./bearer.ts";
import { readJson } from "./request_body.ts";
import { jsonResponse, RequestError } from "./responses.ts";
import type { Route } from "./router.ts";

/** What gives leadership to another master, for who has the token of the cluster. */
export interface SwitchoverCalls {
  isAccepted(token: string | undefined): boolean;
  /**
   * Gives leadership to a master, `host:port`, or to the next one in line if none is named.
   * @throws {RequestError} if the name is none
   */
  switchOver(to: string | undefined): Promise<SwitchoverAnswer>;
}

/** `undone`: it was begun, or could not be; the message says who leads, as far as that is known. */
export interface SwitchoverAnswer {
  outcome: "done" | "refused" | "undone";
  message: string;
}

const STATUSES = { done: 200, refused: 409, undone: 503 };
const BODY_LIMITS = { maxBytes: 4096, timeoutMs: 10_000 };
const MAX_NAME = 300;

/**
 * The route by which a page or a program asks for a switchover. A browser sends the header that is needed for no
 * page of another origin: nothing can be had by luring an operator to one.
 */
export function switchoverRoutes(calls: SwitchoverCalls | undefined): Route[] {
  return [{
    method: "POST",
    path: "/api/v1/switchover",
    answer: async (request) => {
      if (calls === undefined) {
        const message = "Switchovers over HTTP need masterd.token-file, and ZooKeeper";
        throw new RequestError(403, message);
      }
      if (!calls.isAccepted(bearerToken(request))) throw unauthorized();
      const { outcome, message } = await calls.switchOver(targetOf(await body(request)));
      return jsonResponse(STATUSES[outcome], { outcome, message });
    },
  }];
}

async function body(request: Request): Promise<unknown> {
  const { headers } = request;
  // The server gives a request without a body an empty one.
  const isEmpty = !headers.has("transfer-encoding") && !Number(headers.get("content-length"));
  return isEmpty ? {} : await readJson(request, BODY_LIMITS);
}

function targetOf(body: unknown): string | undefined {
  const isObject = typeof body === "object" && body !== null && !Array.isArray(body);
  if (!isObject || Object.keys(body).some((name) => name !== "to")) {
    throw new RequestError(400, 'The body is not {"to": "host:port"} or {}');
  }
  const { to } = body as { to?: unknown };
  if (to === undefined) return undefined;
  if (typeof to === "string" && to !== "" && to.length <= MAX_NAME) return to;
  throw new RequestError(400, `"to" is not the address of a master, "host:port"`);
}
