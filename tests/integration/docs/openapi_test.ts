import assert from "node:assert/strict";
import { checkAnswer, OPENAPI } from "../../unit/docs/openapi.ts";
import { until } from "../../support/until.ts";
import { StatusCluster } from "../cli/status_cluster.ts";

const ROUTES = [
  "/",
  "/leader",
  "/standby",
  "/live",
  "/ready",
  "/metrics",
  "/api/v1/status",
  "/api/v1/cluster",
  "/api/v1/journal",
];
const TOKEN = "a-token-of-a-test-cluster";
const LIMIT_MS = 10_000;

/** What a master is asked, and the operation of the document that describes it. */
async function ask(
  base: string,
  [method, path]: [method: string, path: string],
  { operation = path, ...init }: { operation?: string; body?: string; token?: string } = {},
): Promise<number> {
  const response = await fetch(`${base}${path}`, {
    method,
    body: init.body ?? null,
    headers: init.token === undefined ? {} : { authorization: `Bearer ${init.token}` },
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  await checkAnswer(`${method} ${operation}`, response);
  await response.body?.cancel().catch(() => {});
  return response.status;
}

async function rpcOf(web: string): Promise<string> {
  const response = await fetch(`${web}/api/v1/status`, { signal: AbortSignal.timeout(LIMIT_MS) });
  const { node } = await response.json();
  return `http://localhost:${node.rpcPort}`;
}

/** Two masters with a token for their calls; what they keep survives them. */
async function startedCluster(): Promise<StatusCluster> {
  const cluster = await StatusCluster.create({ conf: "masterd.token-file: token\n" });
  const path = `${cluster.home.homeDir}/token`;
  await Deno.writeTextFile(path, TOKEN, { mode: 0o600 });
  await cluster.start();
  const isWell = async () => (await cluster.json()).isWell;
  await until(isWell, (well) => well, { limitMs: 3 * LIMIT_MS });
  return cluster;
}

Deno.test("a leader and a standby answer as docs/openapi.yaml has it", async () => {
  await using cluster = await startedCluster();
  const bases = cluster.ports.map((port) => `http://localhost:${port}`);
  for (const base of bases) for (const path of ROUTES) await ask(base, ["GET", path]);
  const codes = await Promise.all(bases.map((base) => ask(base, ["GET", "/leader"])));
  assert.deepEqual(codes, [200, 503]);
  const published = await fetch(`${bases[1]}/api/v1/openapi.yaml`);
  assert.ok((await published.text()).includes(String(OPENAPI.openapi)));
  const [leader, standby] = await Promise.all(bases.map(rpcOf));
  await askState(leader!, standby!);
  await askWorkers(leader!, standby!);
});

const STATE = "/rpc/v1/leaderships/current/state";
const OPERATION = "/rpc/v1/leaderships/{leaderSessionId}/state";

async function askState(leader: string, standby: string): Promise<void> {
  const entry = { operation: `${OPERATION}/{name}`, token: TOKEN };
  const codes = [
    await ask(leader, ["PUT", `${STATE}/jobs`], { ...entry, body: "x" }),
    await ask(leader, ["PUT", `${STATE}/jobs`], { ...entry, body: "y" }),
    await ask(leader, ["GET", `${STATE}/jobs`], entry),
    await ask(leader, ["GET", `${STATE}/nothing`], entry),
    await ask(leader, ["GET", `${STATE}/jobs?history=true`], entry),
    await ask(leader, ["PUT", `${STATE}/jobs`], {
      ...entry,
      body: "x",
      token: "another-token-of-16",
    }),
    await ask(leader, ["PUT", `${STATE}/a%20b`], { ...entry, body: "x" }),
    await ask(standby, ["PUT", `${STATE}/jobs`], { ...entry, body: "x" }),
    await ask(leader, ["GET", STATE], { operation: OPERATION, token: TOKEN }),
    await ask(leader, ["DELETE", `${STATE}/jobs`], entry),
  ];
  assert.deepEqual(codes, [201, 200, 200, 404, 200, 401, 400, 409, 200, 204]);
}

async function askWorkers(leader: string, standby: string): Promise<void> {
  const worker = { workerId: "w", host: "a", pid: 1, leaderSessionId: "another" };
  const given = { body: JSON.stringify(worker), token: TOKEN };
  const register: [string, string] = ["POST", "/rpc/v1/workers"];
  const codes = [
    await ask(leader, register, given),
    await ask(standby, register, given),
    await ask(leader, register, { ...given, token: "another-token-of-16" }),
    await ask(leader, register, { ...given, body: "{" }),
  ];
  assert.deepEqual(codes, [409, 409, 401, 400]);
}
