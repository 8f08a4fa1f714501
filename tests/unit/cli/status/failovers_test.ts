import assert from "node:assert/strict";
import { askFailovers, parseFailovers } from "../../../../src/cli/status/failovers.ts";
import { PlainHttpServer } from "../../../support/plain_http_server.ts";
import { freePort } from "../../../support/ports.ts";

const LEADERSHIP = {
  epoch: "7",
  host: "a",
  port: 8081,
  publishedAt: "2026-01-02T03:04:05.678Z",
  endedAt: null,
  gapMs: 31,
  cause: "crashed",
};
const signal = new AbortController().signal;
const resolve = () => Promise.resolve(["127.0.0.1"]);

Deno.test("askFailovers() reads the history that a master tells", async () => {
  const body = JSON.stringify({ history: [LEADERSHIP] });
  const paths: string[] = [];
  await using server = PlainHttpServer.start(({ url }) => {
    paths.push(url.pathname);
    return Promise.resolve({ status: 200, body });
  });
  const options = { resolve, limitMs: 5000, signal };
  assert.deepEqual(await askFailovers({ host: "a", port: server.port }, options), [LEADERSHIP]);
  assert.deepEqual(paths, ["/api/v1/cluster"]);
});

Deno.test("askFailovers() knows nothing of a master that does not tell, or not in time", async () => {
  await using older = PlainHttpServer.start(() => Promise.resolve({ status: 404, body: "{}" }));
  const options = { resolve, limitMs: 5000, signal };
  assert.equal(await askFailovers({ host: "a", port: older.port }, options), undefined);
  assert.equal(await askFailovers({ host: "a", port: freePort() }, options), undefined);
  const never = new Promise<string[]>(() => {});
  const late = { ...options, resolve: () => never, limitMs: 1 };
  assert.equal(await askFailovers({ host: "a", port: 1 }, late), undefined);
});

Deno.test("parseFailovers() takes few, makes them harmless, and passes over what it does not know", () => {
  const document = { history: [{ ...LEADERSHIP, cause: "\x1b[2J" }, 7, null, { host: "b" }] };
  assert.deepEqual(parseFailovers(document)?.map(({ cause }) => cause), ["?[2J"]);
  assert.equal(parseFailovers({ history: Array(50).fill(LEADERSHIP) })?.length, 5);
  const odd = parseFailovers({ history: [{ ...LEADERSHIP, port: "x", gapMs: null, epoch: 7 }] })!;
  assert.deepEqual([odd[0]!.port, odd[0]!.gapMs, odd[0]!.epoch], [null, null, "?"]);
  for (const other of [undefined, null, 7, {}, { history: {} }]) {
    assert.equal(parseFailovers(other), undefined);
  }
});
