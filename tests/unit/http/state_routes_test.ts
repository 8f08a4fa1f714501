import assert from "node:assert/strict";
import { unauthorized } from "../../../src/http/bearer.ts";
import { answerBy } from "../../../src/http/router.ts";
import {
  StateCallError,
  type StateCalls,
  type StateEntry,
  type StateFailureDetails,
  type StateFailureKind,
} from "../../../src/http/state_calls.ts";
import { stateRoutes } from "../../../src/http/state_routes.ts";

const BASE = "/rpc/v1/leaderships/current/state";
const MEBIBYTE = 1024 * 1024;

function entry(changes: Partial<StateEntry> = {}): StateEntry {
  return {
    name: "checkpoint",
    version: 9_007_199_254_740_993n,
    length: 3,
    sha256: "ff".repeat(32),
    epoch: 18n,
    writtenAt: "2026-01-02T03:04:05.678Z",
    ...changes,
  };
}

async function* pieces(...all: (Uint8Array | Error)[]): AsyncGenerator<Uint8Array, void, void> {
  for (const piece of all) {
    await Promise.resolve();
    if (piece instanceof Error) throw piece;
    yield piece;
  }
}

/** Calls that the test does not expect. */
const NONE: StateCalls = {
  list: unexpected,
  describe: unexpected,
  get: unexpected,
  history: unexpected,
  follow: unexpected,
  put: unexpected,
  delete: unexpected,
  collect: unexpected,
};

function unexpected(): never {
  throw new Error("nobody should have called this");
}

function ask(
  calls: Partial<StateCalls>,
  method: string,
  path: string,
  options: { body?: BodyInit; headers?: Record<string, string> } = {},
): Promise<Response> {
  const answer = answerBy(stateRoutes({
    callsFor: () => ({ ...NONE, ...calls }),
    limits: { maxBytes: 100, idleMs: 1000 },
  }));
  return answer(new Request(`http://node.example${BASE}${path}`, { method, ...options }));
}

Deno.test("stateRoutes() lists entries with versions that no JSON number holds", async () => {
  const broken = [{ name: "other", problem: "its blob is missing" }];
  const list = () => Promise.resolve({ entries: [entry()], broken });
  const response = await ask({ list }, "GET", "");
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), {
    entries: [{
      name: "checkpoint",
      version: "9007199254740993",
      length: 3,
      sha256: "ff".repeat(32),
      epoch: "18",
      writtenAt: "2026-01-02T03:04:05.678Z",
    }],
    broken,
  });
});

Deno.test("stateRoutes() says under which leadership it was asked, and for what", async () => {
  const seen: unknown[] = [];
  const answer = answerBy(stateRoutes({
    callsFor: () => ({
      ...NONE,
      delete: (name, { leaderSessionId, expect }) => {
        seen.push([name, leaderSessionId, expect]);
        return Promise.resolve();
      },
    }),
    limits: { maxBytes: 100, idleMs: 1000 },
  }));
  const url = "http://node.example/rpc/v1/leaderships/s-1/state/a%2Fb/../c";
  // A Request resolves dots, and a server must not: what arrives is given as it is.
  const headers = new Headers({ "if-match": '"7"' });
  const signal = new AbortController().signal;
  const response = await answer({ method: "DELETE", url, headers, signal } as Request);
  assert.equal(response.status, 204);
  assert.deepEqual(seen, [["a/b/../c", "s-1", { version: 7n }]]);
});

Deno.test("stateRoutes() sends a short content only when it is whole", async () => {
  const whole = { entry: entry(), content: pieces(new Uint8Array([1, 2]), new Uint8Array([3])) };
  const response = await ask({ get: () => Promise.resolve(whole) }, "GET", "/checkpoint");
  assert.deepEqual([...await response.bytes()], [1, 2, 3]);
  assert.equal(response.headers.get("etag"), '"9007199254740993"');
  assert.equal(response.headers.get("content-length"), "3");
  assert.equal(response.headers.get("masterd-epoch"), "18");
  assert.match(response.headers.get("repr-digest")!, /^sha-256=:\/{42}8=:$/);
  const damage = new StateCallError("broken", "checkpoint is broken");
  const broken = { entry: entry(), content: pieces(new Uint8Array([1]), damage) };
  const refused = await ask({ get: () => Promise.resolve(broken) }, "GET", "/checkpoint");
  assert.equal(refused.status, 500);
  assert.deepEqual(await refused.json(), { error: "checkpoint is broken", kind: "broken" });
});

Deno.test("stateRoutes() breaks off a long content that proves broken", async () => {
  const damage = new StateCallError("broken", "big is broken");
  const content = pieces(new Uint8Array(MEBIBYTE), damage);
  const long = { entry: entry({ length: 2 * MEBIBYTE }), content };
  const response = await ask({ get: () => Promise.resolve(long) }, "GET", "/big");
  assert.equal(response.status, 200);
  await assert.rejects(response.bytes());
});

Deno.test("stateRoutes() reads no content for HEAD, nor for who has it", async () => {
  const describe = () => Promise.resolve(entry());
  const head = await ask({ describe }, "HEAD", "/checkpoint");
  assert.deepEqual([head.status, head.headers.get("content-length"), head.body], [200, "3", null]);
  const headers = { "if-none-match": '"9007199254740993"' };
  const known = await ask({ describe }, "GET", "/checkpoint", { headers });
  assert.deepEqual([known.status, known.headers.get("etag")], [304, '"9007199254740993"']);
});

Deno.test("stateRoutes() waits until there is another version than the reader has", async () => {
  let current: StateEntry | undefined;
  const calls: Partial<StateCalls> = {
    async *follow() {
      for (const version of [1n, 1n, 2n]) {
        await Promise.resolve();
        yield current = entry({ version });
      }
      throw new Error("it should have stopped at the second version");
    },
    describe: () => Promise.resolve(current!),
    get: () => Promise.resolve({ entry: current!, content: pieces(new Uint8Array(3)) }),
  };
  const headers = { "if-none-match": '"1"' };
  const response = await ask(calls, "GET", "/checkpoint?wait=5", { headers });
  assert.deepEqual([response.status, response.headers.get("etag")], [200, '"2"']);
  const waiting = await ask(
    {
      ...calls,
      async *follow(_name, { signal }) {
        yield entry({ version: 1n });
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      },
      describe: () => Promise.resolve(entry({ version: 1n })),
    },
    "GET",
    "/checkpoint?wait=0",
    { headers },
  );
  assert.equal(waiting.status, 304);
});

Deno.test("stateRoutes() hands the body over piece by piece, and tells new from replaced", async () => {
  for (const [isNew, status] of [[true, 201], [false, 200]] as const) {
    const received: number[] = [];
    const put: StateCalls["put"] = async (_name, content, { expect }) => {
      assert.equal(expect, "absent");
      for await (const piece of content) received.push(...piece);
      return { entry: entry(), isNew };
    };
    const headers = { "if-none-match": "*" };
    const body = new Uint8Array([1, 2, 3]);
    const response = await ask({ put }, "PUT", "/checkpoint", { body, headers });
    assert.deepEqual([response.status, received], [status, [1, 2, 3]]);
    assert.equal(response.headers.get("etag"), '"9007199254740993"');
    assert.equal((await response.json()).version, "9007199254740993");
  }
});

Deno.test("stateRoutes() takes neither a part of a content nor the lack of one for the whole", async () => {
  const headers = { "content-range": "bytes 3-5/6" };
  const part = await ask({}, "PUT", "/checkpoint", { body: "def", headers });
  assert.equal(part.status, 400);
  const put: StateCalls["put"] = async (_name, content) => {
    await Array.fromAsync(content);
    return { entry: entry(), isNew: false };
  };
  const nothing = await ask({ put }, "PUT", "/checkpoint");
  assert.deepEqual([nothing.status, await nothing.json()], [411, {
    error: "There is no body: an empty content takes Content-Length: 0",
  }]);
});

Deno.test("stateRoutes() changes no whole entry for who names a version in the query", async () => {
  for (const method of ["PUT", "DELETE"]) {
    const body = method === "PUT" ? "content" : undefined;
    const response = await ask({}, method, "/checkpoint?version=7", { body });
    assert.equal(response.status, 400);
    assert.match((await response.json()).error, /If-Match/);
  }
});

Deno.test("stateRoutes() takes a caller who hung up for no failure", async () => {
  const signal = AbortSignal.abort(new Error("The request has been cancelled"));
  const list = () => Promise.reject(signal.reason);
  const answer = answerBy(stateRoutes({
    callsFor: () => ({ ...NONE, list }),
    limits: { maxBytes: 100, idleMs: 1000 },
  }));
  const url = `http://node.example${BASE}`;
  const request = { method: "GET", url, headers: new Headers(), signal } as Request;
  assert.equal((await answer(request)).status, 400);
});

Deno.test("stateRoutes() collects garbage as it is told", async () => {
  const told: unknown[] = [];
  const collect: StateCalls["collect"] = ({ graceMs, isDryRun }) => {
    told.push([graceMs, isDryRun]);
    return Promise.resolve({
      removed: [{ name: "b", length: 1 }],
      waiting: [],
      finishedDeletions: [],
    });
  };
  for (const body of ['{"collect":{"graceMs":0,"dryRun":true}}', '{"collect":{}}']) {
    const response = await ask({ collect }, "POST", "", { body });
    assert.equal(response.status, 200);
    assert.deepEqual((await response.json()).removed, [{ name: "b", length: 1 }]);
  }
  assert.deepEqual(told, [[0, true], [undefined, false]]);
  const bad = ["[]", "null", "7", '{"collect":null}', '{"collect":{"graceMs":-1}}'];
  for (const body of [...bad, '{"collect":{"graceMs":"1"}}', '{"collect":{"dryRun":1}}']) {
    assert.equal((await ask({ collect }, "POST", "", { body })).status, 400, body);
  }
});

const LEADER = { address: "http://a:1", rpcUrl: "http://a:2", leaderSessionId: "s" };

const FAILURES: [StateFailureKind, StateFailureDetails, number, Record<string, unknown>][] = [
  ["invalid-name", {}, 400, {}],
  ["not-found", {}, 404, {}],
  ["not-leading", { leader: LEADER }, 409, { leader: LEADER }],
  ["not-leading", { leader: null }, 409, { leader: null }],
  ["version-mismatch", { version: 7n }, 412, { version: "7" }],
  ["version-mismatch", { version: null }, 412, { version: null }],
  ["too-large", {}, 413, {}],
  ["broken", {}, 500, {}],
  ["unknown-outcome", {}, 503, {}],
  ["wrong-storage", {}, 503, {}],
  ["storage", { reason: "timeout" }, 503, { reason: "timeout" }],
  ["storage", { reason: "full" }, 507, { reason: "full" }],
  ["unavailable", {}, 503, {}],
];

for (const [kind, details, status, fields] of FAILURES) {
  Deno.test(`stateRoutes() answers ${status} to ${kind} ${JSON.stringify(fields)}`, async () => {
    const put = () => Promise.reject(new StateCallError(kind, "what happened", details));
    const response = await ask({ put }, "PUT", "/checkpoint", { body: "x" });
    assert.equal(response.status, status);
    assert.deepEqual(await response.json(), { error: "what happened", kind, ...fields });
  });
}

Deno.test("stateRoutes() asks nobody before the token is accepted", async () => {
  const answer = answerBy(stateRoutes({
    callsFor: () => {
      throw unauthorized();
    },
    limits: { maxBytes: 100, idleMs: 1000 },
  }));
  for (const [method, path] of [["GET", ""], ["GET", "/a"], ["PUT", "/a"], ["POST", ""]]) {
    const response = await answer(new Request(`http://h${BASE}${path}`, { method }));
    assert.equal(response.status, 401);
  }
});
