import assert from "node:assert/strict";
import { StateClient } from "../../../src/daemon/state_client.ts";
import { TokenError } from "../../../src/daemon/token_error.ts";
import { StateError, type StateErrorKind } from "../../../src/state/errors.ts";
import { isStorageError } from "../../../src/storage/errors.ts";
import { accept, entryOf, FakeLeader, refuse } from "../../support/fake_leader.ts";

const signal = new AbortController().signal;
const TOKEN = "a-token-of-16-signs";

function clientOf(
  { address, leaderSessionId }: Pick<FakeLeader, "address" | "leaderSessionId">,
  { timeoutMs = 10_000 }: { timeoutMs?: number } = {},
): StateClient {
  return new StateClient(address, { leaderSessionId, token: TOKEN, timeoutMs });
}

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(new TextEncoder().encode(text));
}

function rejectsWith(act: Promise<unknown>, kind: StateErrorKind, message: RegExp): Promise<void> {
  return assert.rejects(act, (error) => {
    assert.ok(error instanceof StateError, String(error));
    assert.equal(error.kind, kind, error.message);
    assert.match(error.message, message);
    return true;
  });
}

Deno.test("put() sends the content with token and session id, and returns the entry", async () => {
  await using leader = new FakeLeader();
  const { entry, isNew } = await clientOf(leader).put("a.b", pieces("one", "two"), { signal });
  assert.equal(isNew, true);
  assert.equal(entry.version, 7n);
  assert.equal(entry.epoch, 3n);
  assert.equal(entry.length, 6);
  const [{ method, path, headers, body }] = leader.calls as [typeof leader.calls[number]];
  assert.deepEqual([method, path], ["PUT", "/a.b"]);
  assert.equal(headers.get("authorization"), `Bearer ${TOKEN}`);
  assert.equal(new TextDecoder().decode(body), "onetwo");
});

Deno.test("put() announces a length that is known, and what it expects to find", async () => {
  await using leader = new FakeLeader();
  const client = clientOf(leader);
  await client.put("a", pieces("one"), { length: 3, expect: { version: 5n }, signal });
  await client.put("a", pieces("one"), { expect: "absent", signal });
  await client.put("a", pieces("one"), { expect: "present", signal });
  const sent = leader.calls.map(({ headers }) =>
    ["content-length", "if-match", "if-none-match"].map((name) => headers.get(name))
  );
  assert.deepEqual(sent, [["3", '"5"', null], [null, null, "*"], [null, "*", null]]);
});

Deno.test("put() says whether the entry is new by the status", async () => {
  await using leader = new FakeLeader(async (request, call) => {
    call.body = await request.bytes();
    return Response.json(entryOf(call), { status: 200 });
  });
  assert.equal((await clientOf(leader).put("a", pieces("x"), { signal })).isNew, false);
});

Deno.test("put() of nothing stores an empty entry", async () => {
  await using leader = new FakeLeader();
  assert.equal((await clientOf(leader).put("a", pieces(), { length: 0, signal })).entry.length, 0);
  assert.equal((await clientOf(leader).put("a", pieces(), { signal })).entry.length, 0);
});

Deno.test("delete() sends the version it expects", async () => {
  await using leader = new FakeLeader();
  await clientOf(leader).delete("a", { expect: { version: 4n }, signal });
  const [{ method, path, headers }] = leader.calls as [typeof leader.calls[number]];
  assert.deepEqual([method, path, headers.get("if-match")], ["DELETE", "/a", '"4"']);
});

Deno.test("collect() sends the grace, and returns what was done", async () => {
  const collection = {
    removed: [{ name: "a.1.2", length: 5 }],
    waiting: [{ name: "b.1.2", length: 6 }],
    finishedDeletions: ["c"],
  };
  await using leader = new FakeLeader(async (request, call) => {
    call.body = await request.bytes();
    return Response.json(collection);
  });
  const done = await clientOf(leader).collect({ graceMs: 5000, isDryRun: true, signal });
  assert.deepEqual(done, collection);
  assert.deepEqual(JSON.parse(new TextDecoder().decode(leader.calls[0]!.body)), {
    collect: { graceMs: 5000, dryRun: true },
  });
});

const REFUSALS: [status: number, kind: StateErrorKind][] = [
  [400, "invalid-name"],
  [404, "not-found"],
  [409, "not-leading"],
  [412, "version-mismatch"],
  [413, "too-large"],
  [500, "broken"],
  [503, "storage"],
  [507, "storage"],
  [503, "wrong-storage"],
  [503, "unknown-outcome"],
  [503, "unavailable"],
];

for (const [status, kind] of REFUSALS) {
  Deno.test(`StateClient throws ${kind} as the leader answers it with ${status}`, async () => {
    await using leader = new FakeLeader(() => refuse(status, kind, "This is why"));
    const client = clientOf(leader);
    await rejectsWith(client.put("a", pieces("x"), { signal }), kind, /^This is why$/);
    await rejectsWith(client.delete("a", { signal }), kind, /^This is why$/);
    await rejectsWith(client.collect({ isDryRun: false, signal }), kind, /^This is why$/);
  });
}

Deno.test("put() tells the version that there is instead of the expected one", async () => {
  await using leader = new FakeLeader(() =>
    Response.json({ error: "No", kind: "version-mismatch", version: "12" }, { status: 412 })
  );
  const put = clientOf(leader).put("a", pieces("x"), { expect: { version: 1n }, signal });
  await assert.rejects(put, (error) => error instanceof StateError && error.version === 12n);
});

Deno.test("StateClient tells what is wrong with the leader's storage", async () => {
  await using leader = new FakeLeader(() =>
    Response.json({ error: "No", kind: "storage", reason: "full" }, { status: 507 })
  );
  const put = clientOf(leader).put("a", pieces("x"), { signal });
  await assert.rejects(put, (error: Error) => isStorageError(error.cause, "full"));
});

Deno.test("StateClient throws a TokenError if the leader refuses the token", async () => {
  await using leader = new FakeLeader(() => refuse(401, undefined, "This needs a token"));
  const put = clientOf(leader).put("a", pieces("x"), { signal });
  await assert.rejects(put, new TokenError("This needs a token"));
});

Deno.test("put() is refused before much of a long content has been read", async () => {
  await using leader = new FakeLeader(() => refuse(409, "not-leading", "Another leads"));
  let given = 0;
  async function* endless() {
    for (;; given++) yield await Promise.resolve(new Uint8Array(65_536));
  }
  const put = clientOf(leader).put("a", endless(), { signal });
  await rejectsWith(put, "not-leading", /^Another leads$/);
  assert.ok(given < 100, `${given} pieces were read`);
});

Deno.test("StateClient makes one harmless line of whatever answers", async () => {
  const text = `\u001b[31mred\nnext\u202e${"x".repeat(5000)}`;
  await using leader = new FakeLeader(() => refuse(400, "invalid-name", text));
  await rejectsWith(
    clientOf(leader).delete("a", { signal }),
    "invalid-name",
    /^ ?\[31mred next x{900,1000}$/,
  );
});

Deno.test("StateClient calls the outcome of a write unknown if the answer makes no sense", async () => {
  for (const answer of ["", "null", "[1]", '{"version": 7}', "<html>"]) {
    await using leader = new FakeLeader(async (request) => {
      await request.bytes();
      return new Response(answer);
    });
    const client = clientOf(leader);
    const put = client.put("a", pieces("x"), { signal });
    await rejectsWith(put, "unknown-outcome", /cannot be understood/);
    const collect = client.collect({ isDryRun: false, signal });
    await rejectsWith(collect, "unknown-outcome", /cannot be understood/);
  }
});

Deno.test("StateClient trusts no failure of a server that does not say what it is", async () => {
  await using failing = new FakeLeader(() => new Response("oops", { status: 500 }));
  const put = clientOf(failing).put("a", pieces("x"), { signal });
  await rejectsWith(put, "unknown-outcome", /\/state answered 500$/);
  await using other = new FakeLeader(() => new Response("what?", { status: 404 }));
  await rejectsWith(clientOf(other).delete("a", { signal }), "unavailable", /answered 404$/);
});

Deno.test("StateClient says of a leader that is not there that nothing was written", async () => {
  const gone = new FakeLeader();
  await gone[Symbol.asyncDispose]();
  const client = clientOf(gone);
  const nothing = /refused.*: nothing was written$/i;
  await rejectsWith(client.put("a", pieces("x"), { signal }), "unavailable", nothing);
  await rejectsWith(client.delete("a", { signal }), "unavailable", nothing);
});

/** Takes a connection, reads until the text has come, and hangs up. */
function hangUpAfter(text: string) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for await (const connection of listener) {
      using _connection = connection;
      const bytes = new Uint8Array(65_536);
      for (let seen = ""; !seen.includes(text);) {
        const count = await connection.read(bytes);
        if (count === null) break;
        seen += new TextDecoder().decode(bytes.subarray(0, count));
        if (seen.endsWith("\r\n\r\n")) {
          await connection.write(new TextEncoder().encode("HTTP/1.1 100 Continue\r\n\r\n"));
        }
      }
    }
  })();
  return {
    leaderSessionId: crypto.randomUUID(),
    address: { host: "127.0.0.1", webuiPort: 1, rpcPort: (listener.addr as Deno.NetAddr).port },
    async [Symbol.asyncDispose]() {
      listener.close();
      await serving.catch(() => {});
    },
  };
}

Deno.test("put() does not know the outcome if the connection ends behind the content", async () => {
  await using leader = hangUpAfter("the end");
  const put = clientOf(leader).put("a", pieces("x", "the end"), { length: 8, signal });
  await rejectsWith(put, "unknown-outcome", /^The answer of the leader is lost: PUT http/);
});

Deno.test("put() knows that nothing was written if the connection ends within the content", async () => {
  await using leader = hangUpAfter("middle");
  async function* stalled() {
    yield* pieces("in the middle");
    // Longer than any buffer on the way: the writing fails before the end is reached.
    for (let left = 1000; left > 0; left--) yield new Uint8Array(65_536);
  }
  const put = clientOf(leader).put("a", stalled(), { signal });
  await rejectsWith(put, "unavailable", /nothing was written$/);
});

Deno.test("put() fails as its content does, and nothing is written", async () => {
  await using leader = new FakeLeader(accept);
  const cause = new Error("The disk is on fire");
  async function* failing() {
    yield* pieces("x");
    throw cause;
  }
  await assert.rejects(clientOf(leader).put("a", failing(), { signal }), cause);
});

Deno.test("StateClient gives up a leader that says nothing for its time limit", async () => {
  const asked = Promise.withResolvers<void>();
  await using leader = new FakeLeader(async () => {
    await asked.promise;
    return new Response();
  });
  const put = clientOf(leader, { timeoutMs: 50 }).put("a", pieces("x"), { signal });
  await rejectsWith(put, "unknown-outcome", /nothing moved for 50 ms$/);
  asked.resolve();
});

Deno.test("put() ends with its signal; behind the content the outcome is not known", async () => {
  const asked = Promise.withResolvers<void>();
  const stop = new AbortController();
  await using leader = new FakeLeader(async (request, call) => {
    call.body = await request.bytes();
    stop.abort(new Error("Interrupted"));
    await asked.promise;
    return new Response();
  });
  const put = clientOf(leader).put("a", pieces("x"), { signal: stop.signal });
  await rejectsWith(put, "unknown-outcome", /Interrupted$/);
  asked.resolve();
});

Deno.test("put() ends with the reason of its signal while the content comes", async () => {
  await using leader = new FakeLeader(accept);
  const stop = new AbortController();
  const reason = new Error("Interrupted");
  async function* interrupted() {
    yield* pieces("x");
    stop.abort(reason);
    await new Promise((_, reject) => reject(reason));
  }
  await assert.rejects(
    clientOf(leader).put("a", interrupted(), { signal: stop.signal }),
    reason,
  );
});
