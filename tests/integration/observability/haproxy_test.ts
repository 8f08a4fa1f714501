import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { withLimit } from "../../../src/async/abortable.ts";
import type { NodeStatus } from "../../../src/http/status.ts";
import { until } from "../../support/until.ts";
import { BalancedCluster } from "./balanced_cluster.ts";
import { type KeptAnswer, KeptConnection } from "./kept_connection.ts";
import { checkFile, SHIPPED_FILE, withCommand } from "./load_balancer.ts";
import { belated, epochOf, Succession } from "./succession.ts";
import { Visitor } from "./visitor.ts";

const FAILOVERS = 20;
const STATUS = "/api/v1/status";

/** Those who ask without a pause: on new connections and a kept one, the leader and what it runs. */
class Visitors implements AsyncDisposable {
  readonly masters: readonly Visitor[];
  readonly all: readonly Visitor[];

  constructor({ balancer: { mastersPort, commandPort } }: BalancedCluster) {
    const status = { port: mastersPort, path: STATUS };
    this.masters = [false, true].map((isKept) => new Visitor({ ...status, isKept }));
    const command = new Visitor({ port: commandPort, path: "/", isKept: true });
    this.all = [...this.masters, command];
  }

  /** Waits until each of them is answered by a later leader than that of an epoch. */
  async servedAfter(epoch: bigint): Promise<void> {
    await Promise.all(this.all.map(({ answers }) =>
      until(() => answers.at(-1), (last) => {
        const answered = last === undefined ? undefined : epochOf(last);
        return answered !== undefined && answered > epoch;
      }, { limitMs: 20_000 })
    ));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.all.map((visitor) => visitor.stop()));
  }
}

/** Ends the leadership of now in one of three ways, and waits until everybody is served by the next. */
async function failOver(balanced: BalancedCluster, visitors: Visitors, round: number) {
  const { leader, node: { webuiPort } } = await balanced.leader();
  const way = round % 10 === 0 ? "frozen" : round % 2 === 1 ? "killed" : "switchover";
  if (way === "killed") await balanced.killMaster(webuiPort);
  if (way === "frozen") balanced.freezeMaster(webuiPort);
  if (way === "switchover") await balanced.switchOver();
  await visitors.servedAfter(BigInt(leader!.epoch!));
  if (way === "killed") await balanced.startMaster(webuiPort);
  if (way === "frozen") await balanced.thawMaster(webuiPort);
}

function assertSaidToLead({ answers }: Visitor): void {
  for (const { status, headers, text } of answers) {
    if (status !== 200) continue;
    const { role, leader } = JSON.parse(text) as NodeStatus;
    assert.deepEqual([headers.get("masterd-role"), role, leader?.own], ["leader", "leader", true]);
  }
}

/**
 * Nobody was answered under an epoch that was over: neither as ZooKeeper showed the leaders, nor as
 * the answers before, of whomever, prove.
 */
function assertLeadersOnly({ all, masters }: Visitors, { sightings }: Succession): void {
  for (const visitor of masters) assertSaidToLead(visitor);
  const answers = all.flatMap(({ answers }) => answers);
  const proofs = answers.flatMap((answer) => {
    const epoch = epochOf(answer);
    return epoch === undefined ? [] : [{ epoch, at: answer.endedAt }];
  });
  assert.ok(new Set(sightings.map(({ epoch }) => epoch)).size > FAILOVERS);
  assert.deepEqual(belated(answers, [...sightings, ...proofs]), []);
  const others = answers.filter(({ status }) => ![200, 502, 503].includes(status));
  assert.deepEqual(others, []);
}

/** With nobody else under way, every second request would go to the standby if HAProxy took it for a leader. */
async function assertStandbyIsLeftOut(port: number): Promise<void> {
  const several = async () => [await ask(port), await ask(port), await ask(port), await ask(port)];
  await until(several, (statuses) => statuses.every((status) => status === 200));
}

async function ask(port: number): Promise<number> {
  using connection = await KeptConnection.open(port);
  return (await connection.get(STATUS)).status;
}

/** Opens a stream of events, and resolves to the promise of its end. */
async function streamOfEvents(port: number): Promise<{ ended: Promise<void> }> {
  const connection = await Deno.connect({ hostname: "localhost", port });
  const request = "GET /api/v1/events HTTP/1.1\r\nhost: test\r\n\r\n";
  await connection.write(new TextEncoder().encode(request));
  const pieces = connection.readable.pipeThrough(new TextDecoderStream()).values();
  assert.match((await pieces.next()).value!, /^HTTP\/1.1 200 /);
  return {
    ended: (async () => {
      while (!(await pieces.next()).done);
    })(),
  };
}

Deno.test("HAProxy finds nothing wrong with the file that is shipped, with its part for a command or without", async () => {
  const folder = await Deno.makeTempDir();
  const withAll = `${folder}/haproxy.cfg`;
  await Deno.writeTextFile(withAll, withCommand(await Deno.readTextFile(SHIPPED_FILE)));
  for (const path of [fileURLToPath(SHIPPED_FILE), withAll]) {
    const { code, text } = await checkFile(path);
    assert.equal(code, 0, text);
    assert.doesNotMatch(text, /WARNING/);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("HAProxy with the file that is shipped sends requests only to the leader, through 20 failovers", async () => {
  await using balanced = await BalancedCluster.start();
  const { cluster: { server }, balancer: { mastersPort } } = balanced;
  await using succession = await Succession.follow(server.address, "/flink/cluster_one");
  await using visitors = new Visitors(balanced);
  await visitors.servedAfter(0n);
  for (let round = 1; round <= FAILOVERS; round++) await failOver(balanced, visitors, round);
  await visitors[Symbol.asyncDispose]();
  await assertStandbyIsLeftOut(mastersPort);
  const stream = await streamOfEvents(mastersPort);
  await balanced.switchOver();
  await withLimit(() => stream.ended, { act: "Cutting the stream off", timeoutMs: 10_000 });
  assertLeadersOnly(visitors, succession);
});

/** Asks in turn for an odd number of things, and once more, so that each master is asked for all. */
async function askBoth(port: number): Promise<KeptAnswer[]> {
  using connection = await KeptConnection.open(port);
  const paths = [STATUS, "/", "/api/v1/cluster", "/metrics", "/live", "/standby", "/nothing"];
  const answers: KeptAnswer[] = [];
  for (const path of [...paths, ...paths]) {
    answers.push(await connection.get(path));
  }
  return answers;
}

/** Some answers are the leader's, and all others are HAProxy's own; returns the leader's epoch. */
function assertFromLeaderOrNobody(answers: readonly KeptAnswer[]): bigint {
  const isLeaders = ({ headers }: KeptAnswer) => headers.get("masterd-role") === "leader";
  for (const { status, text } of answers.filter((answer) => !isLeaders(answer))) {
    assert.deepEqual([status, text], [503, "No master leads at this moment.\n"]);
  }
  const statuses = answers.filter(isLeaders)
    .flatMap(({ text }) => text.startsWith('{"node":') ? [JSON.parse(text) as NodeStatus] : []);
  assert.equal(statuses.length, 1);
  assert.equal(statuses[0]!.leader!.own, true);
  return BigInt(statuses[0]!.leader!.epoch!);
}

/** The epoch of the first answer: a leader's program listens some time after it was started. */
async function epochOfCommand(port: number): Promise<bigint | undefined> {
  const ask = async () => {
    using connection = await KeptConnection.open(port);
    return await connection.get("/");
  };
  return epochOf(await until(ask, ({ status }) => status === 200));
}

Deno.test("HAProxy passes on the leader's answers only, even when it takes every master for the leader", async () => {
  // Without checks: what it is before it has noticed a failover, for as long as this test needs.
  await using balanced = await BalancedCluster.start({ checkInterval: "1h" });
  const { balancer: { mastersPort, commandPort } } = balanced;
  const epoch = assertFromLeaderOrNobody(await askBoth(mastersPort));
  assert.equal(await epochOfCommand(commandPort), epoch);
  await balanced.switchOver();
  const next = assertFromLeaderOrNobody(await askBoth(mastersPort));
  assert.ok(next > epoch);
  assert.equal(await epochOfCommand(commandPort), next);
  for (const port of balanced.cluster.ports) assert.equal(await ask(port), 200);
});
