import assert from "node:assert/strict";
import { ASSETS } from "../../../../src/http/dashboard/assets.ts";
import { dashboardRoutes } from "../../../../src/http/dashboard/routes.ts";
import { answerBy } from "../../../../src/http/router.ts";
import type { NodeStatus } from "../../../../src/http/status.ts";
import { request } from "../requests.ts";

const STATUS: NodeStatus = {
  node: {
    host: "localhost",
    webuiPort: 8081,
    rpcPort: 50010,
    pid: 42,
    version: "1.2.3",
    startedAt: "2026-01-02T03:04:05.678Z",
    now: "2026-01-02T04:00:00.000Z",
    clockStepMs: 0,
  },
  clusterId: "/cluster_one",
  role: "standby",
  leader: {
    address: "http://localhost:8082",
    leaderSessionId: "6c7bb16e-6f70-4d5a-b3a8-4b3ad2ef0b3f",
    epoch: "9007199254740993",
    own: false,
    leaseLeftMs: null,
  },
  connection: { kind: "connected", sessionId: "0x1", server: "localhost:2181" },
  workers: [],
  command: null,
  state: null,
};

async function ask(method: string, path: string, changes: Partial<NodeStatus> = {}) {
  return await answerBy(dashboardRoutes(() => ({ ...STATUS, ...changes })))(request(method, path));
}

async function pageOf(changes: Partial<NodeStatus>): Promise<string> {
  return await (await ask("GET", "/", changes)).text();
}

Deno.test("dashboardRoutes() shows role and leader also to browsers without JavaScript", async () => {
  const response = await ask("GET", "/");
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-type")!, /^text\/html/);
  const html = await response.text();
  assert.match(html, /<td>standby<\/td>/);
  assert.match(html, /<a href="http:\/\/localhost:8082">/);
});

Deno.test("dashboardRoutes() answers the page of a master that stops with 503", async () => {
  assert.equal((await ask("GET", "/", { role: "stopping" })).status, 503);
});

Deno.test("dashboardRoutes() escapes on the page what another party wrote", async () => {
  const hostile = "javascript:<script>\"'";
  const html = await pageOf({
    leader: { ...STATUS.leader!, address: hostile },
    clusterId: "{{rows}}<img>",
    node: { ...STATUS.node, host: "<b>" },
  });
  assert.match(html, /<td>javascript:&lt;script&gt;&quot;&#39;<\/td>/);
  assert.match(html, /<span class="cluster">\{\{rows\}\}&lt;img&gt;<\/span>/);
  assert.match(html, /<title>&lt;b&gt;:8081 - standby<\/title>/);
  assert.doesNotMatch(html, /<script>|<img>|<b>/);
});

Deno.test("dashboardRoutes() shows on the page what a leader knows of the state", async () => {
  const broken = Array.from({ length: 12 }, (_, index) => ({ name: `e${index}`, problem: "gone" }));
  const well = { kind: "healthy" as const, entries: 1, broken: [], brokenCount: 0 };
  const row = '<th scope="row">State</th>';
  assert.ok((await pageOf({ state: well })).includes(`${row}<td>healthy; 1 entry</td>`));
  const degraded = { kind: "degraded" as const, entries: 300, broken, brokenCount: 120 };
  const html = await pageOf({ state: { ...degraded, lastError: "no <space>" } });
  assert.match(html, /<td>degraded; 300 entries; 120 broken: e0, .*e9, …; no &lt;space&gt;<\/td>/);
  assert.ok(!(await pageOf({ state: null })).includes(row));
});

Deno.test("dashboardRoutes() writes an IPv6 host in brackets on the page", async () => {
  const html = await pageOf({ node: { ...STATUS.node, host: "::1" } });
  assert.match(html, /<h2 id="plain-title">\[::1\]:8081<\/h2>/);
});

Deno.test("dashboardRoutes() lets the page load its own files only, and run no text", async () => {
  const policy = (await ask("GET", "/")).headers.get("content-security-policy")!;
  const directives = policy.split("; ");
  assert.ok(directives.includes("default-src 'none'"));
  assert.ok(directives.includes("script-src 'self'"));
  assert.ok(directives.includes("require-trusted-types-for 'script'"));
  assert.doesNotMatch(policy, /unsafe|\*|https?:|data:/);
});

Deno.test("dashboardRoutes() serves every file that the page names", async () => {
  const html = await pageOf({});
  const named = [...html.matchAll(/(?:href|src)="(dashboard\/[^"]+)"/g)].map(([, path]) => path!);
  assert.deepEqual(new Set(named), new Set(ASSETS.map(({ path }) => path)));
  for (const { path, type, text } of ASSETS) {
    const response = await ask("GET", `/${path}`);
    assert.equal(response.status, 200, path);
    assert.equal(response.headers.get("content-type"), `${type}; charset=utf-8`, path);
    assert.equal(await response.text(), text, path);
  }
});

Deno.test("dashboardRoutes() knows every module that a module of the page imports", () => {
  const paths = new Set(ASSETS.map(({ path }) => path));
  for (const { path, text } of ASSETS) {
    for (const [, imported] of text.matchAll(/^(?:import|\} from) .*?"\.\/([^"]+\.js)";$/gm)) {
      assert.ok(paths.has(`dashboard/${imported}`), `${path} imports ${imported}`);
    }
  }
});

Deno.test("dashboardRoutes() serves nothing besides, and changes nothing", async () => {
  for (const path of ["/dashboard/", "/dashboard/../page.js", "/dashboard/%2e%2e/assets.ts"]) {
    assert.equal((await ask("GET", path)).status, 404, path);
  }
  for (const method of ["POST", "PUT", "DELETE"]) {
    assert.equal((await ask(method, "/")).status, 405, method);
    assert.equal((await ask(method, "/dashboard/page.js")).status, 405, method);
  }
});
