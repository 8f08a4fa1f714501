import { connect } from "zookeeper";
import { ZooKeeperServer } from "../../tests/support/zookeeper_server.ts";
import { median } from "../statistics.ts";
import { formatTable } from "../table.ts";
import type { Contender, Peer } from "./contender.ts";
import { curatorPeer, kazooPeer, masterdPeer } from "./peers.ts";

const LIMIT_MS = 60_000;
/** Time for a contender that has joined to have all it needs in place. */
const SETTLE_MS = 2000;

/** How long leadership stood empty after the leader was killed, for one session timeout. */
interface Failovers {
  sessionTimeoutMs: number;
  tookMs: Map<string, number[]>;
}

/**
 * Kills leaders: ours, Kazoo's and Curator's in turn wait on the same server, and die in the same
 * round, so that a busy moment of the machine hits all alike.
 */
export async function printFailovers(binary: string): Promise<void> {
  const rows: string[][] = [];
  let names: string[] = [];
  for (const [sessionTimeoutMs, rounds] of [[2000, 6], [10_000, 3]] as const) {
    const { tookMs } = await measure(binary, { sessionTimeoutMs, rounds });
    names = [...tookMs.keys()];
    rows.push(cells(sessionTimeoutMs, [...tookMs.values()].map(median)));
  }
  console.log(
    'kill -9 of the leader until the next one acts, median ms; "2.0x": ours is twice as fast',
  );
  console.log(formatTable([["", ...names], ...rows]));
}

async function measure(
  binary: string,
  { sessionTimeoutMs, rounds }: { sessionTimeoutMs: number; rounds: number },
): Promise<Failovers> {
  const tickTimeMs = sessionTimeoutMs / 5;
  await using server = await ZooKeeperServer.start({ tickTimeMs });
  await using stack = new AsyncDisposableStack();
  const { address } = server;
  await createParent(address, "/bench");
  const options = { address, sessionTimeoutMs, tickTimeMs };
  const peers = [
    stack.use(await masterdPeer(binary, options)),
    stack.use(kazooPeer(options)),
    stack.use(curatorPeer(options)),
  ];
  const tookMs = await Promise.all(peers.map(async (peer) => await failovers(peer, rounds)));
  return { sessionTimeoutMs, tookMs: new Map(peers.map(({ name }, at) => [name, tookMs[at]!])) };
}

/** Again and again the leader dies, and the one that waits takes over. */
async function failovers(peer: Peer, rounds: number): Promise<number[]> {
  const tookMs: number[] = [];
  let leader = await peer.start(0);
  await within(leader.leads, `${peer.name} to lead`);
  for (let round = 1; round <= rounds; round++) {
    const standby: Contender = await peer.start(round);
    await within(standby.joined, `${peer.name} to join`);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const crashedAt = await leader.crash();
    tookMs.push(await within(standby.leads, `${peer.name} to take over`) - crashedAt);
    leader = standby;
  }
  await leader.crash();
  return tookMs;
}

async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`Waited in vain for ${what}`)), LIMIT_MS);
  return await Promise.race([promise, late.promise]).finally(() => clearTimeout(timer));
}

async function createParent(address: string, path: string): Promise<void> {
  await using zk = await connect(address, { signal: AbortSignal.timeout(10_000) });
  await zk.createPath(path);
}

function cells(sessionTimeoutMs: number, medians: readonly number[]): string[] {
  const [ours, ...theirs] = medians as [number, ...number[]];
  const compared = theirs.map((ms) => `${ms.toFixed(0)} ${(ms / ours).toFixed(1)}x`);
  return [`session timeout ${sessionTimeoutMs / 1000} s`, ours.toFixed(0), ...compared];
}
