import assert from "node:assert/strict";
import type { ClusterFacts } from "../../../../src/daemon/doctor/facts.ts";
import { VERDICTS } from "../../../../src/daemon/doctor/table.ts";
import { findingsOf, verdictOf } from "../../../../src/daemon/doctor/verdict.ts";
import {
  cluster,
  contender,
  election,
  LATCH,
  LEADER,
  master,
  says,
  silent,
} from "./cluster_facts.ts";
import { PAUSE, SITUATIONS } from "./situations.ts";

/** Names of all that is found, and sentence and advice of the first. */
function found(more: Partial<ClusterFacts>) {
  const findings = findingsOf(cluster(more));
  const [{ sentence, advice, severity }] = findings as [typeof findings[0]];
  return { names: findings.map(({ name }) => name), sentence, advice, severity };
}

Deno.test("findingsOf() says one thing of each situation, and what to do unless all is well", () => {
  for (const [name, facts, sentence] of SITUATIONS) {
    const { names, sentence: said, advice, severity } = found(facts);
    assert.deepEqual(names, [name], said);
    assert.match(said, sentence);
    assert.equal(advice === null, severity === "ok", name);
  }
});

Deno.test("Every verdict of the table has a situation in which it is given", () => {
  const shown = new Set(SITUATIONS.map(([name]) => name));
  assert.deepEqual(VERDICTS.map(({ name }) => name).filter((name) => !shown.has(name)), []);
  assert.equal(new Set(VERDICTS.map(({ name }) => name)).size, VERDICTS.length);
});

Deno.test("What a verdict explains is a verdict of the table", () => {
  const names = new Set(VERDICTS.map(({ name }) => name));
  const unknown = VERDICTS.flatMap(({ explains }) => explains).filter((name) => !names.has(name));
  assert.deepEqual(unknown, []);
});

Deno.test("findingsOf() says what is critical before what is not, and not all is well beside it", () => {
  const { names } = found({
    masters: [LEADER, master("b:8081", says({ version: "9" }))],
    election: election({ pause: PAUSE, refusals: [{ act: "read", path: LATCH }] }),
  });
  assert.deepEqual(names, ["wrong-acl", "paused", "different-versions"]);
});

Deno.test("verdictOf() judges by what a master knows: it has asked nobody", () => {
  const unasked = master("b:8081", { kind: "unasked" }, { isListed: undefined });
  const facts = cluster({ masters: [LEADER, unasked] });
  assert.match(
    verdictOf(facts).sentence,
    /^All is well: a:8081 \(epoch 7\) leads, and one standby/,
  );
  const standby = cluster({
    masters: [master("b:8081"), { ...unasked, name: "a:8081" }],
    election: election({ leader: undefined, queue: [contender("b:8081")] }),
  });
  assert.equal(verdictOf(standby).name, "no-leader");
});

Deno.test("A verdict repeats no orders to a terminal, and is no longer than it has to be", () => {
  const masters = [LEADER, master("b:8081", silent(`\x1b[2J\n${"x".repeat(5000)}`))];
  const { sentence } = found({ masters });
  assert.match(sentence, /does not answer \(\?\[2J\?xxx/);
  assert.equal(sentence.length, 600);
});
