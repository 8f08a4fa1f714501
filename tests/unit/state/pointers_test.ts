import assert from "node:assert/strict";
import { stateLayout } from "../../../src/state/layout.ts";
import { readPointer, readPointers } from "../../../src/state/pointers.ts";
import { ENTRIES, forever, NAMESPACE, StateFixture } from "./state_fixture.ts";

const LAYOUT = stateLayout(NAMESPACE);
const OPTIONS = { signal: forever };

async function setUp(count: number) {
  const fixture = new StateFixture();
  for (let index = 0; index < count; index++) await fixture.put(`entry-${index}`, "x");
  const { zk } = fixture;
  zk.calls.length = 0;
  return { ...fixture, fixture, zk, read: () => readPointers(zk.asZooKeeper, LAYOUT, OPTIONS) };
}

Deno.test("readPointers() gives every entry in the order of names, many with each request", async () => {
  const { zk, read } = await setUp(100);
  const pointers = await read();
  assert.equal(pointers.size, 100);
  assert.deepEqual([...pointers.keys()], [...pointers.keys()].toSorted());
  assert.ok([...pointers.values()].every(({ kind }) => kind === "pointer"));
  assert.ok(zk.calls.length < 10, zk.calls.join());
});

Deno.test("readPointers() reads one by one where a server knows no other way", async () => {
  const { ensemble, zk, read } = await setUp(100);
  ensemble.unimplemented.add("multiRead");
  assert.equal((await read()).size, 100);
  assert.ok(zk.calls.filter((call) => call === "multiRead").length <= 8);
});

Deno.test("readPointers() reads one by one what is too large together", async () => {
  const { zk, read } = await setUp(40);
  zk.faults.push({ operation: "multiRead", kind: "ResponseTooLarge" });
  assert.equal((await read()).size, 40);
});

Deno.test("readPointers() reads again what was lost with the connection", async () => {
  const { zk, read } = await setUp(40);
  zk.faults.push({ operation: "getChildren", kind: "lost-before" });
  zk.faults.push({ operation: "multiRead", kind: "lost-after" });
  assert.equal((await read()).size, 40);
});

Deno.test("readPointers() passes over an entry that goes meanwhile", async () => {
  const { ensemble, zk, read } = await setUp(3);
  zk.faults.push({
    operation: "multiRead",
    kind: "lost-before",
    then: () => ensemble.remove(`${ENTRIES}/entry-1`),
  });
  assert.deepEqual([...(await read()).keys()], ["entry-0", "entry-2"]);
});

Deno.test("readPointers() finds nothing where there is no parent", async () => {
  const { zk } = new StateFixture();
  assert.equal((await readPointers(zk.asZooKeeper, LAYOUT, OPTIONS)).size, 0);
});

Deno.test("readPointers() names what it cannot use, and gives the rest", async () => {
  const { ensemble, fixture, read } = await setUp(2);
  ensemble.make(`${ENTRIES}/.hidden`);
  ensemble.make(`${ENTRIES}/${"x".repeat(201)}`);
  ensemble.make(`${ENTRIES}/naïve`);
  ensemble.make(`${ENTRIES}/constructor`);
  ensemble.make(`${ENTRIES}/closed`);
  ensemble.forbidden.add(`${ENTRIES}/closed`);
  fixture.overwrite(`${ENTRIES}/entry-1`, "garbage");
  const pointers = await read();
  const problems = [...pointers].flatMap(([name, found]) =>
    found.kind === "unreadable" ? [[name.slice(0, 11), found.problem]] : []
  );
  const foreign =
    "its pointer cannot be read: its name breaks the rule for names, masterd did not make it";
  assert.deepEqual(problems, [
    [".hidden", foreign],
    ["closed", "its pointer cannot be read: this master may not read it"],
    ["constructor", "its pointer cannot be read: it is no JSON object"],
    ["entry-1", "its pointer cannot be read: it is no JSON object"],
    ["naïve", foreign],
    ["xxxxxxxxxxx", foreign],
  ]);
  assert.equal(pointers.get("entry-0")?.kind, "pointer");
});

Deno.test("readPointer() gives the node's version, by which it can be replaced", async () => {
  const { fixture, zk } = await setUp(1);
  await fixture.put("entry-0", "y");
  const found = await readPointer(zk.asZooKeeper, `${ENTRIES}/entry-0`, OPTIONS);
  assert.equal(found.kind === "pointer" && found.nodeVersion, 1);
  assert.deepEqual(await readPointer(zk.asZooKeeper, `${ENTRIES}/b`, OPTIONS), { kind: "none" });
});
