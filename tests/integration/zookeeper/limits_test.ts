import assert from "node:assert/strict";
import { isZkError, type TransactionStep } from "../../../src/zookeeper/mod.ts";
import { ZooKeeperServer } from "../../support/zookeeper_server.ts";
import { reached, traceStates } from "../../unit/zookeeper/session_trace.ts";
import { bound, newRoot, open, shared } from "./clients.ts";

const LIMIT_BYTES = 1_048_575;

let server: ZooKeeperServer;
Deno.test.beforeAll(async () => {
  server = await ZooKeeperServer.start();
});
Deno.test.afterAll(() => server[Symbol.asyncDispose]());

/** How much data a setData has room for, in a frame of the largest size. */
function roomFor(serverPath: string): number {
  const header = 4 + 4;
  const lengths = 4 + 4;
  const version = 4;
  return LIMIT_BYTES - header - lengths - version - serverPath.length;
}

Deno.test("the largest request is done, and one byte more is refused here", shared, async () => {
  const root = await newRoot(server.address);
  await using zk = await open(server.address);
  const states = traceStates(zk);
  const largest = new Uint8Array(roomFor(root)).fill(7);
  const { dataLength } = await zk.setData(root, largest, { signal: bound() });
  assert.equal(dataLength, largest.length);
  await assert.rejects(
    zk.setData(root, new Uint8Array(largest.length + 1)),
    (error) => isZkError(error, "RequestTooLarge"),
  );
  assert.deepEqual((await zk.getData(root, { signal: bound() })).data, largest);
  assert.deepEqual(states, ["connected"]);
});

Deno.test("a server does hang up on one byte more", shared, async () => {
  const root = await newRoot(server.address);
  await using zk = await open(server.address, { maxRequestBytes: LIMIT_BYTES + 1 });
  await assert.rejects(
    zk.setData(root, new Uint8Array(roomFor(root) + 1)),
    (error) => isZkError(error, "ConnectionLoss"),
  );
  await reached(zk, "connected");
});

Deno.test(
  "an answer beyond a megabyte is delivered, up to the limit of this side",
  shared,
  async () => {
    const root = await newRoot(server.address);
    await using zk = await open(`${server.address}${root}`);
    const names = Array.from({ length: 5600 }, (_, index) => `${index}-`.padEnd(200, "x"));
    for (let from = 0; from < names.length; from += 800) {
      const steps = names.slice(from, from + 800).map((name): TransactionStep => ({
        kind: "create",
        path: `/${name}`,
      }));
      await zk.multi(steps, { signal: bound() });
    }
    const { children } = await zk.getChildren("/", { signal: bound() });
    assert.deepEqual(children.toSorted(), names.toSorted());

    await using small = await open(`${server.address}${root}`, { maxResponseBytes: LIMIT_BYTES });
    const { id } = small.credentials;
    await assert.rejects(
      small.getChildren("/", { signal: bound() }),
      (error) => isZkError(error, "ResponseTooLarge"),
    );
    assert.equal((await small.exists("/", { signal: bound() }))?.numChildren, names.length);
    assert.equal(small.credentials.id, id);
  },
);
