import assert from "node:assert/strict";
import type { SurveyedServer } from "../../../../src/daemon/quorum/quorum_survey.ts";
import { judgeQuorum } from "../../../../src/daemon/quorum/quorum_verdict.ts";
import type { ServerMode, ServerState } from "../../../../src/daemon/quorum/server_answer.ts";

const STATES: Record<string, ServerState> = {
  "not serving": { kind: "not-serving" },
  unreachable: { kind: "unreachable", reason: "connection refused" },
  unknown: { kind: "unknown", reason: "it hung up without an answer" },
  "not asked": { kind: "not-asked", reason: "serves clients over TLS only (secureClientPort)" },
};

/** Servers 1, 2, … on hosts h1, h2, …; a mode or state with `*` is that of an observer. */
function judge(words: readonly string[], settings: Record<string, string> = {}) {
  const servers = words.map((word, index): SurveyedServer => {
    const name = word.replace("*", "");
    const state = STATES[name] ?? { kind: "serving", mode: name as ServerMode };
    return { id: index + 1, host: `h${index + 1}`, isObserver: word.endsWith("*"), state };
  });
  const zooCfg = { file: "conf/zoo.cfg", settings: new Map(Object.entries(settings)) };
  return judgeQuorum(zooCfg, servers);
}

const QUORUMS: [string[], string][] = [
  [["standalone"], "Server 1 (h1) serves alone."],
  [["leader"], "Server 1 (h1) leads the quorum of 1."],
  [["follower", "leader", "follower"], "Server 2 (h2) leads the quorum of 3; 2 follow."],
  [
    ["unreachable", "leader", "follower"],
    "Server 2 (h2) leads the quorum of 3; 1 follows, 1 is missing.",
  ],
  [
    ["not serving", "leader", "follower", "unknown", "follower"],
    "Server 2 (h2) leads the quorum of 5; 2 follow, 2 are missing.",
  ],
  [
    ["leader", "follower", "follower", "observer*", "unreachable*"],
    "Server 1 (h1) leads the quorum of 3; 2 follow, 1 observes.",
  ],
  [
    ["leader", "not asked", "not asked"],
    "Server 1 (h1) leads the quorum of 3; 2 are not asked.",
  ],
];

for (const [words, sentence] of QUORUMS) {
  Deno.test(`judgeQuorum() finds a quorum in ${words.join(", ")}`, () => {
    const verdict = judge(words);
    assert.deepEqual([verdict.hasQuorum, verdict.sentence], [true, sentence]);
    assert.deepEqual(verdict.warnings, []);
  });
}

const NO_QUORUMS: [string[], string][] = [
  [["unreachable"], "Server 1 (h1) does not serve: no quorum."],
  [["not asked"], "No server can be asked: nothing is known of the quorum."],
  [["not serving", "unreachable", "unreachable"], "1 of 3 servers answers: no quorum."],
  [["not serving", "not serving", "unknown"], "2 of 3 servers answer: no quorum."],
  [["not serving", "not serving", "not serving"], "3 of 3 servers answer: no quorum."],
  [["not serving", "read-only", "unreachable"], "2 of 3 servers answer: no quorum."],
  [
    ["leader", "not serving", "unreachable"],
    "Server 1 (h1) says that it leads, but 1 of 3 servers serves: no quorum is sure.",
  ],
  [
    ["leader", "follower", "not serving", "unreachable"],
    "Server 1 (h1) says that it leads, but 2 of 4 servers serve: no quorum is sure.",
  ],
  [
    ["follower", "follower", "unreachable"],
    "2 of 3 servers serve, and no leader answers: no quorum is sure.",
  ],
  [
    ["follower", "not asked", "not asked"],
    "1 of 3 servers serves, and no leader answers: no quorum is sure.",
  ],
  [["not asked", "not asked"], "No server can be asked: nothing is known of the quorum."],
  [["unreachable", "unreachable", "unreachable"], "0 of 3 servers answer: no quorum."],
  [
    ["leader", "leader", "follower"],
    "Servers 1 and 2 say that they lead: no quorum is sure.",
  ],
];

for (const [words, sentence] of NO_QUORUMS) {
  Deno.test(`judgeQuorum() finds no quorum in ${words.join(", ")}`, () => {
    const verdict = judge(words);
    assert.deepEqual([verdict.hasQuorum, verdict.sentence], [false, sentence]);
    assert.equal(verdict.leader, undefined);
  });
}

const ELSEWHERE = "it was started with another conf/zoo.cfg";
const WARNINGS: [string[], string][] = [
  [
    ["leader", "standalone", "follower"],
    `Server 2 (h2) says that it serves alone: ${ELSEWHERE}`,
  ],
  [["follower"], `Server 1 (h1) says that it follows another: ${ELSEWHERE}`],
  [
    ["leader", "follower", "observer"],
    `Server 3 (h3) says that it observes, and has a vote: ${ELSEWHERE}`,
  ],
  [
    ["leader", "follower", "follower*"],
    `Server 3 (h3) says that it is a follower, and is an observer: ${ELSEWHERE}`,
  ],
  [
    ["leader", "follower", "leader"],
    "servers 1 and 3 say that they lead; if that stays so, they are not servers of one quorum, " +
    "or the old leader is cut off",
  ],
];

for (const [words, warning] of WARNINGS) {
  Deno.test(`judgeQuorum() warns of ${words.join(", ")}`, () => {
    assert.deepEqual(judge(words).warnings, [warning]);
  });
}

Deno.test("judgeQuorum() takes a leader's word where votes have weights", () => {
  const verdict = judge(["leader", "unreachable", "unreachable"], { "weight.1": "5" });
  assert.equal(verdict.hasQuorum, true);
  assert.equal(
    verdict.sentence,
    "Server 1 (h1) leads the quorum of 3; 2 are missing.",
  );
});

Deno.test("judgeQuorum() knows when asking again is in vain, and when servers are to join", () => {
  assert.equal(judge(["not asked", "not asked"]).canChange, false);
  assert.equal(judge(["not asked", "unreachable"]).canChange, true);
  assert.equal(judge(["leader", "follower", "not serving"]).isGrowing, true);
  assert.equal(judge(["leader", "follower", "unreachable"]).isGrowing, false);
});
