/**
 * What the npm package `zookeeper` (an addon around ZooKeeper's C client) can do, as a transcript without ids
 * and times; runs under Node, as Deno cannot load it. Argument: the address. `restart` and `expire ID` ask for
 * a restart of the server and for the end of the session, and are answered with a line.
 */
import { createRequire } from "node:module";
import process from "node:process";
import { createInterface } from "node:readline";

const require = createRequire(import.meta.url);
const ZooKeeper = require("zookeeper");
const { ZOO_EPHEMERAL, ZOO_SEQUENCE, ZOO_CONTAINER } = ZooKeeper.constants;
const LOG_ERRORS = 1;
const LIMIT_MS = 20_000;
const SESSION_EVENT = -1;
const OUTSTANDING = 100;
const ANYBODY = { perms: 31, scheme: "world", auth: "anyone" };

// deno-lint-ignore no-explicit-any
type Answer = any[];

const address = process.argv[2]!;
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

function say(...parts: unknown[]): void {
  console.log(`> ${parts.map((part) => JSON.stringify(part ?? null)).join(" | ")}`);
}

async function ask(text: string): Promise<void> {
  console.log(text);
  await lines.next();
}

/** The arguments of a callback; rejects when none comes in time. */
function settled(act: (done: (...answer: Answer) => void) => void): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer in ${LIMIT_MS} ms`)), LIMIT_MS);
    act((...answer) => {
      clearTimeout(timer);
      resolve(answer);
    });
  });
}

/** What a watch tells of its node; of the connection it is told as well. */
function watched(act: (watcher: (...event: Answer) => void) => void): Promise<Answer> {
  return settled((done) => act((...event) => event[0] === SESSION_EVENT || done(...event)));
}

async function open() {
  const client = new ZooKeeper({ connect: address, timeout: 10_000, debug_level: LOG_ERRORS });
  await settled((done) => {
    client.once("connect", done);
    client.init({});
  });
  return client;
}

const client = await open();
const other = await open();

async function create(path: string, data: string, flags = 0): Promise<void> {
  const [code, , made] = await settled((done) => client.a_create(path, data, flags, done));
  say("create", code, made);
}

await create("/native", "one");
await create("/native", "again");
await create("/native/none/child", "");
await create("/native/e", "mine", ZOO_EPHEMERAL);
await create("/native/n-", "", ZOO_SEQUENCE);
await create("/native/m-", "", ZOO_SEQUENCE | ZOO_EPHEMERAL);
await create("/native/c", "", ZOO_CONTAINER);

const changed = watched((watcher) => client.aw_get("/native", watcher, () => {}));
const grown = watched((watcher) => client.aw_get_children("/native", watcher, () => {}));
const made = watched((watcher) => client.aw_exists("/native/w", watcher, () => {}));
const [setCode, , setStat] = await settled((done) => client.a_set("/native", "two", 0, done));
say("set", setCode, setStat.version, setStat.dataLength);
say("wrong version", (await settled((done) => client.a_set("/native", "x", 0, done)))[0]);
await settled((done) => other.a_create("/native/w", "", 0, done));
for (const event of [changed, grown, made]) {
  const [type, state, path] = await event;
  say("event", type, state, path);
}

const [getCode, , stat, data] = await settled((done) => client.a_get("/native", false, done));
say("get", getCode, String(data), stat.version, stat.cversion, stat.numChildren);
const [childCode, , children] = await settled((done) =>
  client.a_get_children("/native", false, done)
);
say("children", childCode, children.toSorted());
const [aclCode, , acl] = await settled((done) => client.a_get_acl("/native", done));
say("acl", aclCode, acl);
const readOnly = [{ ...ANYBODY, perms: 1 }];
say("set acl", (await settled((done) => client.a_set_acl("/native/w", 0, readOnly, done)))[0]);
say("no right", (await settled((done) => client.a_set("/native/w", "x", -1, done)))[0]);
say("synced", (await settled((done) => client.a_sync("/native", done)))[0]);

const codes = await Promise.all(Array.from(
  { length: OUTSTANDING },
  (_, index) =>
    settled((done) => client.a_create(`/native/many-${index}`, "", ZOO_EPHEMERAL, done)),
));
say("outstanding", codes.length, codes.filter(([code]) => code !== 0).length);

const before = client.client_id;
const later = watched((watcher) => client.aw_exists("/native/later", watcher, () => {}));
await settled((done) => client.a_exists("/native", false, done));
const back = settled((done) => client.once("connect", done));
await ask("restart");
await back;
say("same session", client.client_id === before);
const [, , mine] = await settled((done) => client.a_exists("/native/e", false, done));
say("still there", mine !== undefined && mine.ephemeralOwner !== "0000000000000000");
await create("/native/later", "");
say("event after the restart", ...(await later).slice(0, 3));

const ended = settled((done) => client.once("close", done));
await ask(`expire ${BigInt.asIntN(64, BigInt(`0x${client.client_id}`))}`);
await ended;
say("session over");
const [code] = await settled((done) => other.a_exists("/native/e", false, done));
say("ephemeral after the session", code);
other.close();
say("done");
process.exit(0);
