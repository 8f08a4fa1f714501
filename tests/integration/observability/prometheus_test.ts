import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { until } from "../../support/until.ts";
import { freePort } from "../../support/ports.ts";
import type { TestProcess } from "../../support/process.ts";
import { samples } from "../../support/prometheus_text.ts";
import { MasterdHome } from "../daemon/masterd_home.ts";
import { StateCluster } from "../daemon/state_cluster.ts";
import { KeptConnection } from "./kept_connection.ts";
import { PrometheusServer } from "./prometheus_server.ts";
import { promtool } from "./promtool.ts";

const SHIPPED = new URL("../../../conf/prometheus/", import.meta.url);
const RULES = fileURLToPath(new URL("masterd.rules.yml", SHIPPED));

async function scrape(port: number): Promise<{ text: string; values: Map<string, number> }> {
  using connection = await KeptConnection.open(port);
  const { status, headers, text } = await connection.get("/metrics");
  assert.equal(status, 200);
  assert.equal(headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  return { text, values: samples(text) };
}

/** What a master measures once it is as wanted. */
function untilMeasured(
  port: number,
  holds: (values: Map<string, number>) => boolean,
): Promise<Map<string, number>> {
  return until(async () => (await scrape(port)).values, holds, { limitMs: 20_000 });
}

async function assertContent(args: readonly string[], input?: string): Promise<void> {
  const { code, text } = await promtool(args, input);
  assert.equal(code, 0, text);
}

Deno.test("promtool finds nothing wrong with the scrape file and the alert rules that are shipped", async () => {
  await assertContent(["check", "config", fileURLToPath(new URL("prometheus.yml", SHIPPED))]);
  await assertContent(["check", "rules", RULES]);
});

Deno.test("the alerts that are shipped fire when they should, and at no other time", async () => {
  await assertContent(["test", "rules", fileURLToPath(new URL("alerts.yml", import.meta.url))]);
});

Deno.test("a master without ZooKeeper serves metrics that promtool finds nothing wrong with", async () => {
  const [port, rpcPort] = [freePort(), freePort()];
  await using home = await MasterdHome.create({
    "conf/flink-conf.yaml": `high-availability: NONE
rest.port: ${port}
jobmanager.rpc.port: ${rpcPort}
jobmanager.bind-host: localhost
rest.bind-address: localhost
`,
    "conf/masters": "",
  });
  home.start("jobmanager");
  const values = await untilMeasured(port, (now) => now.get('masterd_role{state="leader"}') === 1);
  assert.equal(values.get('masterd_session_state{state="none"}'), 1);
  assert.equal(values.has("masterd_lease_left_seconds"), false);
  await assertContent(["check", "metrics"], (await scrape(port)).text);
});

Deno.test("masters measure a leadership, what its command does, and the failover to the next", async () => {
  await using cluster = await StateCluster.create(`masterd.jobmanager.command: sleep 1000
masterd.jobmanager.restart-delay: 100 ms
`);
  const [first, second] = cluster.ports;
  const leader = cluster.master(first);
  const { command } = await cluster.untilStatus(
    first,
    ({ command }) => command?.kind === "running",
  );
  cluster.master(second);
  Deno.kill(command!.pid as number, "SIGKILL");
  const leading = await untilMeasured(
    first,
    (now) =>
      now.get("masterd_command_restarts_total") === 1 &&
      now.get('masterd_command_state{state="running"}') === 1 &&
      now.get('masterd_state_health{state="healthy"}') === 1,
  );
  assert.equal(leading.get('masterd_role{state="leader"}'), 1);
  assert.equal(leading.get("masterd_leaderships_total"), 1);
  assert.equal(leading.get("masterd_session_timeout_seconds"), 2);
  const leaseLeft = leading.get("masterd_lease_left_seconds")!;
  assert.ok(leaseLeft > 0 && leaseLeft < 2, String(leaseLeft));
  assert.ok(leading.get("process_open_fds")! > 3);
  await assertContent(["check", "metrics"], (await scrape(first)).text);
  await assertKnownToRules(first);

  await untilMeasured(second, (now) => now.has("masterd_leader_epoch"));
  const waiting = await scrape(second);
  assert.equal(waiting.values.has("masterd_lease_left_seconds"), false);
  await assertContent(["check", "metrics"], waiting.text);
  await leader.kill();
  const next = await untilMeasured(second, (now) =>
    now.get('masterd_role{state="leader"}') === 1 &&
    now.get("masterd_leader_changes_total") === 1);
  assert.equal(next.get("masterd_failover_duration_seconds_count"), 1);
  assert.ok(next.get("masterd_failover_duration_seconds_sum")! > 0);
  assert.ok(next.get("masterd_leader_epoch")! > leading.get("masterd_leader_epoch")!);
});

Deno.test("masters count the failures of their storage, and the connections that they lose", async () => {
  // A file where the folder should be is in the way of root, too.
  await using cluster = await StateCluster.create("", { storage: "" });
  const [port] = cluster.ports;
  cluster.master(port);
  await untilMeasured(port, (now) => now.get('masterd_state_health{state="healthy"}') === 1);
  const state = await cluster.caller(port);
  assert.equal((await state.put("entry", "content")).status, 503);
  const failed = (await scrape(port)).values;
  assert.equal(failed.get('masterd_state_health{state="degraded"}'), 1);
  assert.ok(failed.get("masterd_state_errors_total")! >= 1);
  assert.equal(failed.get("masterd_connection_losses_total"), 0);
  await cluster.server.kill();
  const cutOff = await untilMeasured(
    port,
    (now) => now.get("masterd_connection_losses_total") === 1,
  );
  assert.equal(cutOff.get('masterd_session_state{state="suspended"}'), 1);
  assert.equal(cutOff.has("masterd_session_timeout_seconds"), false);
});

Deno.test("Prometheus with the files that are shipped sees who leads, and tells when nobody does", async () => {
  await using cluster = await StateCluster.create();
  const [first, second] = cluster.ports;
  const masters: TestProcess[] = [];
  for (const port of cluster.ports) {
    masters.push(cluster.master(port));
    await untilMeasured(port, (now) => now.get("masterd_ready") === 1);
  }
  await using prometheus = await PrometheusServer.start(cluster.ports);
  const leading =
    'max by (instance) (masterd_role{state="leader",job="masterd",cluster="cluster_one"})';
  const instances = [`localhost:${first}`, `localhost:${second}`] as const;
  await prometheus.untilFound(leading, { [instances[0]]: "1", [instances[1]]: "0" });
  await prometheus.untilFound("count by (instance) ({__name__=~'masterd_.+'}) > bool 10", {
    [instances[0]]: "1",
    [instances[1]]: "1",
  });
  const health = await until(
    () => prometheus.ruleHealth(),
    (health) => !health.includes("unknown"),
  );
  assert.ok(health.length > 10);
  assert.deepEqual([...new Set(health)], ["ok"]);
  const firing = 'max by (alertname) (ALERTS{alertstate="firing"})';
  await prometheus.untilFound(firing, {});
  await masters[0]!.kill();
  await prometheus.untilFound(leading, { [instances[1]]: "1" });
  await masters[1]!.kill();
  await prometheus.untilFound(firing, { MasterdNoLeader: "1" });
});

/** Every metric that an alert looks at is one that a leader serves. */
async function assertKnownToRules(port: number): Promise<void> {
  const { values } = await scrape(port);
  const served = new Set([...values.keys()].map((key) => key.replace(/\{.*/, "")));
  const rules = await Deno.readTextFile(RULES);
  const expressions = rules.replace(/^ *(#|- alert|summary|description).*$/gm, "");
  const used = new Set(expressions.match(/\bmasterd_\w+/g));
  assert.ok(used.size > 5);
  assert.deepEqual([...used].filter((name) => !served.has(name)), []);
}
