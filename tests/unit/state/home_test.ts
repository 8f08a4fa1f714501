import assert from "node:assert/strict";
import { CREATOR_ACL } from "zookeeper";
import { isStateError } from "../../../src/state/errors.ts";
import { StateHome } from "../../../src/state/home.ts";
import { blobFolder, encodeIdentity, newIdentity } from "../../../src/state/identity.ts";
import { until } from "../../support/until.ts";
import { ENTRIES, forever, ROOT, StateFixture } from "./state_fixture.ts";

const OPTIONS = { signal: forever };

function setUp(from?: StateFixture) {
  const fixture = from ?? new StateFixture();
  const { reader, latch, lost, ensemble, storage } = fixture;
  const epoch = ensemble.tree.get(latch)?.czxid ?? 0n;
  const fence = { path: latch, epoch, lost: lost.signal };
  const home = new StateHome(reader, { fence, acl: CREATOR_ACL });
  const folders = () =>
    [...storage.blobs.keys()].filter((name) => name.endsWith("/marker")).map((name) =>
      name.slice(0, name.indexOf("/"))
    );
  return { fixture, home, ensemble, storage, zk: fixture.zk, reader, latch, folders };
}

Deno.test("open() makes nodes and marker once, and find() finds them", async () => {
  const { home, folders, zk, fixture } = setUp();
  assert.equal(await home.find(OPTIONS), undefined);
  const identity = await home.open(OPTIONS);
  assert.deepEqual(folders(), [blobFolder(identity)]);
  assert.deepEqual(await home.find(OPTIONS), identity);
  assert.deepEqual(await setUp(fixture).home.find(OPTIONS), identity);
  assert.ok(zk.acls.length >= 3 && zk.acls.every((acl) => acl === CREATOR_ACL));
});

Deno.test("open() by many at once makes one folder", async () => {
  const { home, folders } = setUp();
  const identities = await Promise.all(Array.from({ length: 20 }, () => home.open(OPTIONS)));
  assert.equal(new Set(identities).size, 1);
  assert.equal(folders().length, 1);
});

Deno.test("open() of one that waits for another ends with its own signal", async () => {
  const { home, storage } = setUp();
  storage.faults.push({ act: "write", kind: "hang" });
  const [first, second] = [new AbortController(), new AbortController()];
  const opening = home.open({ signal: first.signal });
  const waiting = home.open({ signal: second.signal });
  await until(() => storage.faults.length, (count) => count === 0);
  second.abort(new Error("no longer"));
  await assert.rejects(waiting, /no longer/);
  first.abort(new Error("neither"));
  await assert.rejects(opening, /neither/);
  await home.open(OPTIONS);
});

Deno.test("open() keeps what another made in the same moment, and leaves nothing behind", async () => {
  const { home, ensemble, zk, storage, folders } = setUp();
  const theirs = newIdentity(storage);
  zk.faults.push({
    operation: "multi",
    kind: "lost-before",
    then: () => {
      ensemble.make(ROOT, { data: encodeIdentity(theirs) });
      ensemble.make(ENTRIES);
    },
  });
  assert.deepEqual(await home.open(OPTIONS), theirs);
  assert.deepEqual(folders(), []);
});

Deno.test("open() uses a node that somebody made as a parent", async () => {
  const { home, ensemble, reader } = setUp();
  ensemble.make(ENTRIES);
  const identity = await home.open(OPTIONS);
  assert.deepEqual(await reader.identity(OPTIONS), identity);
});

Deno.test("open() settles an answer that was lost", async () => {
  for (const kind of ["lost-before", "lost-after"] as const) {
    const { home, zk, folders } = setUp();
    zk.faults.push({ operation: "multi", kind });
    const identity = await home.open(OPTIONS);
    assert.deepEqual(folders(), [blobFolder(identity)]);
  }
});

Deno.test("open() keeps the marker while its node may have been written", async () => {
  const { home, zk, ensemble, latch, folders } = setUp();
  zk.faults.push({ operation: "multi", kind: "lost-after", then: () => ensemble.remove(latch) });
  await assert.rejects(home.open(OPTIONS), (error) => isStateError(error, "unknown-outcome"));
  assert.equal(folders().length, 1);
});

Deno.test("open() of a former leader changes nothing, and takes its marker away", async () => {
  const { home, ensemble, latch, folders } = setUp();
  ensemble.remove(latch);
  await assert.rejects(home.open(OPTIONS), (error) => isStateError(error, "not-leading"));
  assert.ok(!ensemble.tree.has(ROOT));
  assert.deepEqual(folders(), []);
});

Deno.test("find() sees what a former leader wrote, also on a server that lags behind", async () => {
  const former = new StateFixture();
  const { ensemble, storage } = former;
  const { zk, home } = setUp(new StateFixture({ ensemble, storage, session: 2n }));
  zk.isLagging = true;
  await former.put("a", "v1");
  assert.notEqual(await home.find(OPTIONS), undefined);
});

Deno.test("find() waits for no sync if the session has seen that former leaders are gone", async () => {
  const fixture = new StateFixture();
  const { latch: path, lost: { signal: lost }, reader, zk } = fixture;
  const home = new StateHome(reader, {
    fence: { path, epoch: 1n, lost, isCaughtUp: true },
    acl: CREATOR_ACL,
  });
  await home.find(OPTIONS);
  assert.deepEqual(zk.calls.filter((call) => call.startsWith("sync")), []);
  await setUp(fixture).home.find(OPTIONS);
  assert.equal(zk.calls.filter((call) => call.startsWith("sync")).length, 1);
});

Deno.test("restore() makes nodes again for the same folder", async () => {
  const { home, ensemble, reader, folders } = setUp();
  const identity = await home.open(OPTIONS);
  ensemble.remove("/flink/c/masterd");
  await home.restore(OPTIONS);
  assert.deepEqual(await reader.identity(OPTIONS), identity);
  assert.ok(ensemble.tree.has(ENTRIES));
  ensemble.remove(ENTRIES);
  await home.restore(OPTIONS);
  assert.ok(ensemble.tree.has(ENTRIES));
  assert.equal(folders().length, 1);
});

Deno.test("restore() does not go on where the nodes were made for another folder", async () => {
  const { home, ensemble, storage } = setUp();
  await home.open(OPTIONS);
  const theirs = newIdentity(storage);
  ensemble.remove(ROOT);
  ensemble.make(ROOT, { data: encodeIdentity(theirs) });
  await assert.rejects(home.restore(OPTIONS), (error) => isStateError(error, "unavailable"));
  assert.deepEqual(await home.find(OPTIONS), theirs);
});
