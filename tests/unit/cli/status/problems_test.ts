import assert from "node:assert/strict";
import { isDark, mayPass, notesOf, problemsOf } from "../../../../src/cli/status/problems.ts";
import { countWorkers } from "../../../../src/cli/status/worker_count.ts";
import { leading, masterAnswer, picture, published, seen, unreachable, view } from "./pictures.ts";

function messages(...[more]: Parameters<typeof picture>): string[] {
  return problemsOf(picture(more)).map(({ message }) => message);
}

function counted(expected: string[], registered: string[]) {
  return countWorkers(expected, registered, () => ({ isLocal: false, addresses: [] }));
}

const NAMED = (host: string) => ({ isLocal: false, addresses: [host] });

Deno.test("problemsOf() finds none in a cluster that is well", () => {
  assert.deepEqual(messages(), []);
});

Deno.test("problemsOf() names each master of conf/masters that does not answer", () => {
  const masters = [
    leading("a"),
    view("b", unreachable()),
    view("c", unreachable("no answer in time"), { isRegistered: false }),
    view("d", { kind: "foreign", fact: "nginx" }),
    view("e", unreachable(), { port: undefined, isRegistered: false }),
  ];
  assert.deepEqual(messages({ masters: masters.map((master) => ({ ...master })) }), [
    "master b:8081 does not answer: Connection refused (it is registered in ZooKeeper)",
    "master c:8081 does not answer: no answer in time (nor is it registered in ZooKeeper)",
    "master d:8081 is not there: nginx",
    "master e is not found: its port is not fixed, and no registration in ZooKeeper tells it",
  ]);
});

Deno.test("problemsOf() names masters that answer, but could not lead", () => {
  const masters = [
    leading("a"),
    view("b", masterAnswer("b", { role: "starting" })),
    view("c", masterAnswer("c", { role: "stopping" })),
    view("d", masterAnswer("d", { role: undefined })),
    view("e", masterAnswer("e", { connection: "suspended" })),
  ];
  assert.deepEqual(messages({ masters }), [
    "master b:8081 is starting",
    "master c:8081 is stopping",
    "master d:8081 has a role that this version of masterd does not know",
    "master e:8081 could not lead: its connection to ZooKeeper is suspended",
  ]);
});

Deno.test("problemsOf() does not miss masters that conf/masters does not name", () => {
  const other = view("z", unreachable(), { expected: undefined });
  assert.deepEqual(messages({ masters: [leading("a"), other] }), []);
});

Deno.test("problemsOf() says once that the leader does not answer", () => {
  const masters = [view("a", unreachable()), view("b")];
  assert.equal(messages({ masters, workers: undefined }).length, 2);
});

Deno.test("problemsOf() names each host that lacks workers, and who is there instead", () => {
  const workers = countWorkers(["v", "w", "w"], ["w", "x"], NAMED);
  assert.deepEqual(messages({ workers }), [
    "worker host v: its worker is not registered (not named in conf/workers, but registered: x)",
    "worker host w: 1 of its 2 workers are registered (not named in conf/workers, but registered: x)",
  ]);
});

Deno.test("problemsOf() says that nobody tells which workers are registered", () => {
  const told = "workers: there is no leader that could tell which are registered";
  const lone = { coordination: seen(undefined), masters: [], workers: undefined };
  assert.deepEqual(messages(lone), ["no leader is known", told]);
  assert.deepEqual(messages({ ...lone, workerHosts: [] }), ["no leader is known"]);
});

Deno.test("notesOf() says which worker was taken for which", () => {
  assert.deepEqual(notesOf(picture({ workers: counted(["10.0.0.1"], ["w1"]) })), [
    "worker host 10.0.0.1: taken to be the one that registered as w1, " +
    "a name that cannot be looked up here",
  ]);
  assert.deepEqual(notesOf(picture({ workers: undefined })), []);
});

Deno.test("notesOf() says that failovers are paused: that is no problem while somebody leads", () => {
  const pause = { since: "2025-01-02T03:04:05.678Z", by: "root@host", reason: null };
  const paused = picture({ coordination: seen(published("a"), { pause }) });
  assert.deepEqual(notesOf(paused), [
    "failovers are paused since 2025-01-02T03:04:05.678Z by root@host; `masterd resume` ends that",
  ]);
  assert.deepEqual(problemsOf(paused), []);
});

Deno.test("mayPass() is true of what a change of leadership looks like", () => {
  assert.ok(mayPass(problemsOf(picture({ masters: [view("a")] }))));
  assert.ok(!mayPass(problemsOf(picture({ masters: [view("a", unreachable())] }))));
});

Deno.test("isDark() is true if neither ZooKeeper nor a master answers", () => {
  const coordination = { kind: "unreachable", cause: "refused" } as const;
  const masters = [view("a", unreachable()), view("b", { kind: "foreign", fact: "nginx" })];
  assert.ok(isDark(picture({ coordination, masters })));
  assert.ok(isDark(picture({ coordination: { kind: "none" }, masters })));
  assert.ok(!isDark(picture({ masters })));
  assert.ok(!isDark(picture({ coordination })));
});
