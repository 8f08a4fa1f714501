import { parseArgs } from "node:util";
import { OpCode, SpecialXid } from "../../src/zookeeper/wire/constants.ts";
import { connect, type ZooKeeper } from "zookeeper";
import { delay } from "../../src/async/delay.ts";
import { RawZooKeeper, request } from "../support/raw_zookeeper.ts";
import { ZooKeeperServer } from "../support/zookeeper_server.ts";
import { randomSource } from "../unit/election/random_source.ts";
import { HostileFrames } from "./hostile_frames.ts";
import { seedOf, wholeNumber } from "../support/campaign_options.ts";

const FRAMES_PER_CONNECTION = 200;
const AT_ONCE = 8;
// What a flooded server may keep beside what it had when it began.
const MAX_GROWTH_MB = 300;
const ANSWER_LIMIT_MS = 500;
const WITNESS_PAUSE_MS = 20;

const { values: words } = parseArgs({
  options: { inputs: { type: "string", default: "1000000" }, seed: { type: "string" } },
});
const inputs = wholeNumber("inputs", words.inputs);
const seed = seedOf(words.seed);

console.log(`seed ${seed}: ${inputs} hostile frames`);
await using server = await ZooKeeperServer.start({ kind: "embedded" });
const { pid } = server;
await using zk = await connect(server.address, { signal: AbortSignal.timeout(10_000) });
await zk.create("/witness", new Uint8Array());
const over = new AbortController();
const witness = keepAsking(zk, over.signal);
const frames = new HostileFrames(randomSource(seed));
const atStartMb = await residentMb();
let [sent, peakMb, told] = [0, atStartMb, 0];
await Promise.all(Array.from({ length: AT_ONCE }, flood));
over.abort();
const { asked, slowestMs } = await witness;
const grownMb = await residentMb() - atStartMb;
const failures = [
  ...(server.pid === pid ? [] : ["the server is gone"]),
  ...(grownMb > MAX_GROWTH_MB ? [`it has grown by ${grownMb} MB`] : []),
];
console.log(
  `${sent} sent, ${await received()} taken; memory ${atStartMb} MB at first, ${peakMb} MB at most; a client beside it was answered ` +
    `${asked} times, after ${slowestMs.toFixed(0)} ms at the latest`,
);
failures.forEach((line) => console.error(line));
console.log(`\n${failures.length === 0 ? 1 : 0} passed, ${failures.length} failed`);
Deno.exitCode = failures.length === 0 ? 0 : 1;

/** Connection after connection, each with many frames, whose answers are taken and not looked at. */
async function flood(): Promise<void> {
  while (sent < inputs) {
    using client = await RawZooKeeper.connect(server.port);
    const many = Array.from({ length: FRAMES_PER_CONNECTION }, () => frames.next());
    sent += many.length;
    // The server may hang up in the middle.
    const last = request(SpecialXid.ping, OpCode.ping);
    const { bytes, isHonest } = frames.greeting();
    const sending = client.send(joined([bytes, ...many, last])).catch(() => {});
    // Else the server may be waiting for the rest of a greeting.
    if (isHonest) await readUntilPing(client);
    client[Symbol.dispose]();
    await sending;
    if (sent - told >= 100_000) await tell();
  }
}

/** Until everything was answered, or the server has hung up, or waits for the rest of a frame. */
async function readUntilPing(client: RawZooKeeper): Promise<void> {
  const timer = setTimeout(() => client[Symbol.dispose](), ANSWER_LIMIT_MS);
  while (true) {
    const frame = await client.frame().catch(() => undefined);
    if (frame === undefined || isPing(frame)) break;
  }
  clearTimeout(timer);
}

// The answer to the greeting is not one to a request, and longer.
function isPing(frame: Uint8Array): boolean {
  return frame.length === 16 && new DataView(frame.buffer).getInt32(0) === SpecialXid.ping;
}

async function tell(): Promise<void> {
  told = sent;
  const mb = await residentMb();
  peakMb = Math.max(peakMb, mb);
  console.log(`${sent}: ${mb} MB`);
}

/** An honest client's reads; the first one that fails fails all. */
async function keepAsking(
  zk: ZooKeeper,
  signal: AbortSignal,
): Promise<{ asked: number; slowestMs: number }> {
  let [asked, slowestMs] = [0, 0];
  while (!signal.aborted) {
    const startMs = performance.now();
    await zk.getData("/witness");
    slowestMs = Math.max(slowestMs, performance.now() - startMs);
    asked++;
    await delay(WITNESS_PAUSE_MS, { signal }).catch(() => {});
  }
  return { asked, slowestMs };
}

/** What the server has read before it hung up. */
async function received(): Promise<string> {
  const report = await server.fourLetterWord("mntr");
  return /^zk_packets_received\t(\d+)$/m.exec(report)?.[1] ?? "an unknown number";
}

async function residentMb(): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Math.round(Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) / 1000);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
