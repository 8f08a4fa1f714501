import { isNamed, readExpectation } from "./conditions.ts";
import { concatenate } from "./pieces.ts";
import { readJson } from "./request_body.ts";
import { emptyResponse, jsonResponse, RequestError } from "./responses.ts";
import type { Method, PathParameters, Route } from "./router.ts";
import {
  contentResponse,
  entryHeaders,
  notModified,
  toRequestError,
  versionDocument,
} from "./state_answers.ts";
import { type StateCall, StateCallError, type StateCalls } from "./state_calls.ts";
import { readWait, untilNews } from "./state_wait.ts";
import { refusePart, refuseTooLong, streamedBody, type StreamLimits } from "./streamed_body.ts";

export interface StateRoutesOptions {
  /**
   * Who answers a request, once its token is accepted.
   * @throws {RequestError} 401 | {StateCallError}
   */
  callsFor: (request: Request) => StateCalls;
  /** Of the content of an entry. */
  limits: StreamLimits;
}

/** A content up to this length is read to its end before any of it is sent. */
const CHECKED_AHEAD_BYTES = 1024 * 1024;
const BASE = "/rpc/v1/leaderships/:leaderSessionId/state";

type Answer = (context: {
  calls: StateCalls;
  request: Request;
  name: string;
  query: URLSearchParams;
  call: StateCall;
}) => Promise<Response>;

/** The routes by which the leader's command and operators read and write the state, on the RPC port. */
export function stateRoutes({ callsFor, limits }: StateRoutesOptions): Route[] {
  const route = (method: Method, path: string, answer: Answer): Route => ({
    method,
    path,
    answer: (request, parameters) =>
      answering(request, async () => {
        const calls = callsFor(request);
        return await answer({ calls, ...contextOf(request, parameters) });
      }),
  });
  return [
    route("GET", BASE, listEntries),
    route("POST", BASE, collectGarbage),
    route("GET", `${BASE}/*name`, readEntry),
    route("PUT", `${BASE}/*name`, (context) => writeEntry(context, limits)),
    route("DELETE", `${BASE}/*name`, deleteEntry),
  ];
}

async function answering(
  { signal }: Request,
  answer: () => Promise<Response>,
): Promise<Response> {
  try {
    return await answer();
  } catch (error) {
    // Nobody reads this answer: it only says that it is no failure of this master.
    if (signal.aborted && error === signal.reason) throw new RequestError(400, "Nobody waits");
    throw error instanceof StateCallError ? toRequestError(error) : error;
  }
}

function contextOf(
  request: Request,
  { leaderSessionId, name = "" }: PathParameters,
): Omit<Parameters<Answer>[0], "calls"> {
  // By hand: a malformed Host header makes no URL.
  const query = new URLSearchParams(request.url.split("#", 1)[0]!.split("?").slice(1).join("?"));
  const call = { leaderSessionId: leaderSessionId!, signal: request.signal };
  return { request, name, query, call };
}

const listEntries: Answer = async ({ calls, call }) => {
  const { entries, broken } = await calls.list(call);
  return jsonResponse(200, { entries: entries.map(versionDocument), broken });
};

const collectGarbage: Answer = async ({ calls, call, request }) => {
  const options = readCollect(await readJson(request));
  return jsonResponse(200, await calls.collect({ ...call, ...options }));
};

function readCollect(body: unknown): { graceMs?: number; isDryRun: boolean } {
  const { collect } = (body ?? {}) as { collect?: unknown };
  const { graceMs, dryRun = false } = (collect ?? {}) as Record<string, unknown>;
  const isComplete = typeof collect === "object" && collect !== null &&
    typeof dryRun === "boolean" &&
    (graceMs === undefined || Number.isSafeInteger(graceMs) && Number(graceMs) >= 0);
  if (isComplete) return { graceMs: graceMs as number | undefined, isDryRun: dryRun };
  throw new RequestError(400, 'The body must be {"collect":{"graceMs":N,"dryRun":true|false}}');
}

const readEntry: Answer = async (context) => {
  const { calls, call, name, query, request } = context;
  if (query.get("history") === "true") {
    const versions = await calls.history(name, call);
    return jsonResponse(200, { versions: versions.map(versionDocument) });
  }
  const version = readVersion(query);
  const waitMs = readWait(query);
  if (waitMs !== undefined && version !== undefined) {
    throw new RequestError(400, "wait is for the newest version, and excludes version");
  }
  const { headers } = request;
  if (waitMs !== undefined) await untilNews({ calls, call, name, headers }, waitMs);
  return await headOf(context, version) ?? await contentOf(context, version);
};

/** The answer to who wants no content: because of the method, or because it is known already. */
async function headOf(
  { calls, call, name, request: { method, headers } }: Parameters<Answer>[0],
  version: bigint | undefined,
): Promise<Response | undefined> {
  if (method !== "HEAD" && !headers.has("if-none-match")) return undefined;
  const entry = await calls.describe(name, { ...call, version });
  if (isNamed(headers, entry.version)) return notModified(entry);
  return method === "HEAD" ? contentResponse(entry, null) : undefined;
}

async function contentOf(
  { calls, call, name }: Parameters<Answer>[0],
  version: bigint | undefined,
): Promise<Response> {
  const { entry, content } = await calls.get(name, { ...call, version });
  if (entry.length > CHECKED_AHEAD_BYTES) {
    return contentResponse(entry, ReadableStream.from(content));
  }
  return contentResponse(entry, concatenate(await Array.fromAsync(content)));
}

async function writeEntry(
  { calls, call, name, query, request }: Parameters<Answer>[0],
  limits: StreamLimits,
): Promise<Response> {
  refuseVersion(query);
  const expect = readExpectation(request.headers);
  refusePart(request);
  refuseTooLong(request, limits.maxBytes);
  const content = streamedBody(request, limits);
  const { entry, isNew } = await calls.put(name, content, { ...call, expect });
  return jsonResponse(isNew ? 201 : 200, versionDocument(entry), entryHeaders(entry));
}

const deleteEntry: Answer = async ({ calls, call, name, query, request }) => {
  refuseVersion(query);
  await calls.delete(name, { ...call, expect: readExpectation(request.headers) });
  return emptyResponse(204);
};

function readVersion(query: URLSearchParams): bigint | undefined {
  const text = query.get("version");
  if (text === null) return undefined;
  if (/^\d{1,19}$/.test(text)) return BigInt(text);
  throw new RequestError(400, "version must be a number");
}

// Who deletes `?version=V` does not mean the whole entry.
function refuseVersion(query: URLSearchParams): void {
  if (!query.has("version")) return;
  throw new RequestError(400, 'version is for reading: a write takes If-Match: "V"');
}
