import { readJson } from "./request_body.ts";
import { emptyResponse, jsonResponse, RequestError } from "./responses.ts";
import type { Route } from "./router.ts";

/** What a worker says when it registers with the leader. */
export interface WorkerRegistration {
  workerId: string;
  host: string;
  pid: number;
  /** The leadership the worker believes in; a call under any other is refused. */
  leaderSessionId: string;
}

/** The caller believes in a leadership that is not, or not any more, held here. */
export interface Refusal {
  kind: "refused";
  message: string;
  /** The leadership that is held here, if any. */
  leaderSessionId?: string;
}

export type RegistrationAnswer =
  | { kind: "registered"; heartbeatIntervalMs: number }
  | { kind: "full" }
  | Refusal;

export type HeartbeatAnswer = { kind: "alive" } | { kind: "unknown" } | Refusal;

/** The functions that answer workers. */
export interface WorkerCalls {
  register(registration: WorkerRegistration): RegistrationAnswer;
  heartbeat(workerId: string, leaderSessionId: string): HeartbeatAnswer;
  unregister(workerId: string, leaderSessionId: string): HeartbeatAnswer;
}

/** The routes by which workers register and stay registered, on the RPC port. */
export function workerRoutes(calls: WorkerCalls): Route[] {
  return [
    {
      method: "POST",
      path: "/rpc/v1/workers",
      answer: async (request) =>
        registrationResponse(calls.register(parseRegistration(await readJson(request)))),
    },
    {
      method: "PUT",
      path: "/rpc/v1/workers/:id/heartbeat",
      answer: async (request, { id }) => {
        const { leaderSessionId } = asRecord(await readJson(request));
        return heartbeatResponse(
          calls.heartbeat(id!, parseText("leaderSessionId", leaderSessionId)),
        );
      },
    },
    {
      method: "DELETE",
      path: "/rpc/v1/workers/:id",
      answer: (request, { id }) => {
        const query = new URLSearchParams(request.url.split("?")[1] ?? "");
        const leaderSessionId = parseText("leaderSessionId", query.get("leaderSessionId"));
        return heartbeatResponse(calls.unregister(id!, leaderSessionId));
      },
    },
  ];
}

function registrationResponse(answer: RegistrationAnswer): Response {
  switch (answer.kind) {
    case "registered":
      return jsonResponse(200, { heartbeatIntervalMs: answer.heartbeatIntervalMs });
    case "full":
      return jsonResponse(503, { error: "This leader takes no more workers" });
    case "refused":
      return refusalResponse(answer);
  }
}

function heartbeatResponse(answer: HeartbeatAnswer): Response {
  switch (answer.kind) {
    case "alive":
      return emptyResponse(204);
    case "unknown":
      return jsonResponse(404, { error: "This worker is not registered: register again" });
    case "refused":
      return refusalResponse(answer);
  }
}

function refusalResponse({ message, leaderSessionId }: Refusal): Response {
  return jsonResponse(409, { error: message, leaderSessionId });
}

function parseRegistration(body: unknown): WorkerRegistration {
  const { workerId, host, pid, leaderSessionId } = asRecord(body);
  return {
    workerId: parseText("workerId", workerId),
    host: parseText("host", host),
    pid: parsePid(pid),
    leaderSessionId: parseText("leaderSessionId", leaderSessionId),
  };
}

function asRecord(body: unknown): Record<string, unknown> {
  if (typeof body === "object" && body !== null && !Array.isArray(body)) {
    return body as Record<string, unknown>;
  }
  throw new RequestError(400, "The body is not a JSON object");
}

function parseText(name: string, value: unknown): string {
  if (typeof value === "string" && /^[A-Za-z0-9._:-]{1,255}$/.test(value)) return value;
  throw new RequestError(400, `${name} must be 1 to 255 letters, digits, or . _ : -`);
}

function parsePid(value: unknown): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value;
  throw new RequestError(400, "pid must be a positive integer");
}
