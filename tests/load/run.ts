/** Many connections, sessions and watches on one embedded server, and clients that never finish a greeting. */
import { parseArgs } from "node:util";
import { SpecialXid } from "../../src/zookeeper/wire/constants.ts";
import { operations } from "../../src/zookeeper/wire/operations.ts";
import { greeting, RawZooKeeper, request } from "../support/raw_zookeeper.ts";
import { until } from "../support/until.ts";
import { ZooKeeperServer } from "../support/zookeeper_server.ts";

const BATCH = 200;
const WATCHED_PATHS = 1000;
const OPEN = [{ permissions: 31, id: { scheme: "world", id: "anyone" } }];

const { values: words } = parseArgs({
  options: {
    connections: { type: "string", default: "10000" },
    watches: { type: "string", default: "100000" },
    loris: { type: "string", default: "2000" },
  },
});
const connections = Number(words.connections);
const watchesEach = Math.min(WATCHED_PATHS, Math.ceil(Number(words.watches) / connections));
const loris = Number(words.loris);

await using server = await ZooKeeperServer.start({ kind: "embedded", tickTimeMs: 2000 });
const clients: RawZooKeeper[] = [];
const { client: writer } = await RawZooKeeper.open(server.port, { timeoutMs: 40_000 });
let xid = 0;
await createPaths();

await step(`${connections} connections, each with a session`, async () => {
  await inBatches(connections, async () => {
    const { client } = await RawZooKeeper.open(server.port, { timeoutMs: 40_000 });
    clients.push(client);
  });
});
await step("a ping and its answer on each", () => onEach(ping));
await step(`${watchesEach * connections} watches`, () => onEach(watch));
await step("one change, told to all who watch the path", async () => {
  const watching = clients.filter((_, index) => pathsOf(index).includes(0));
  await set(0);
  await Promise.all(watching.map(heard));
  console.log(`  told ${watching.length} clients`);
});
await step("a node that all are told of", async () => {
  const { getChildren } = operations;
  await onEach(async (client) => {
    const body = { path: "/", watch: true };
    const { code, request: codec } = getChildren;
    await client.send(request(1, code, (to) => codec.write(to, body)));
    await answered(client);
  });
  const startMs = performance.now();
  await createNode("/told");
  await Promise.all(clients.map(heard));
  const tookMs = performance.now() - startMs;
  console.log(`  the last of ${clients.length} heard of it after ${tookMs.toFixed(0)} ms`);
});
await step(`${loris} greetings that never end`, async () => {
  const slow: RawZooKeeper[] = [];
  await inBatches(loris, async () => {
    const client = await RawZooKeeper.connect(server.port);
    await client.send(greeting().slice(0, 20));
    slow.push(client);
  });
  await onEach(ping);
  // The server gives each of them so long.
  await until(connectionCount, (count) => count <= connections + 2, { limitMs: 30_000 });
  for (const client of slow) client[Symbol.dispose]();
});
await step("all sessions end", async () => {
  await onEach(async (client) => {
    await client.send(request(1, operations.closeSession.code));
    await client.reply();
    client[Symbol.dispose]();
  });
  await until(connectionCount, (count) => count <= 2, { limitMs: 30_000 });
});
writer[Symbol.dispose]();
console.log("\n1 passed, 0 failed");

async function step(name: string, act: () => Promise<void>): Promise<void> {
  const startMs = performance.now();
  await act();
  const tookMs = performance.now() - startMs;
  console.log(`${name}: ${tookMs.toFixed(0)} ms, then ${await residentMb()} MB`);
}

async function inBatches(count: number, act: () => Promise<void>): Promise<void> {
  for (let left = count; left > 0; left -= BATCH) {
    await Promise.all(Array.from({ length: Math.min(left, BATCH) }, act));
  }
}

async function onEach(act: (client: RawZooKeeper, index: number) => Promise<void>): Promise<void> {
  let next = 0;
  await inBatches(clients.length, () => act(clients[next]!, next++));
}

async function createPaths(): Promise<void> {
  for (let index = 0; index < WATCHED_PATHS; index++) {
    await createNode(`/${index}`);
  }
}

async function createNode(path: string): Promise<void> {
  const body = { path, data: null, acl: OPEN, flags: 0 };
  const { create } = operations;
  await writer.send(request(++xid, create.code, (to) => create.request.write(to, body)));
  await answered(writer);
}

function pathsOf(index: number): number[] {
  return Array.from({ length: watchesEach }, (_, count) => (index + count) % WATCHED_PATHS);
}

async function ping(client: RawZooKeeper): Promise<void> {
  await client.send(request(SpecialXid.ping, operations.ping.code));
  await answered(client);
}

async function watch(client: RawZooKeeper, index: number): Promise<void> {
  const { exists } = operations;
  const frames = pathsOf(index).map((path, count) =>
    request(count, exists.code, (to) => exists.request.write(to, { path: `/${path}`, watch: true }))
  );
  await client.send(...frames);
  for (let left = frames.length; left > 0; left--) await answered(client);
}

async function set(path: number): Promise<void> {
  const { setData } = operations;
  const body = { path: `/${path}`, data: new Uint8Array(10), version: -1 };
  await writer.send(request(++xid, setData.code, (to) => setData.request.write(to, body)));
  await answered(writer);
}

async function heard(client: RawZooKeeper): Promise<void> {
  const { xid } = await answered(client);
  if (xid !== SpecialXid.notification) throw new Error(`not an event, but the answer to ${xid}`);
}

async function answered(client: RawZooKeeper) {
  const reply = await client.reply();
  if (reply === undefined) throw new Error("the server hung up on an honest client");
  return reply;
}

async function connectionCount(): Promise<number> {
  const report = await server.fourLetterWord("mntr");
  return Number(/^zk_num_alive_connections\t(\d+)$/m.exec(report)![1]);
}

async function residentMb(): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${server.pid}/status`);
  return Math.round(Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) / 1000);
}
