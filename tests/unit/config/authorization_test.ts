import assert from "node:assert/strict";
import { type Authorization, parseAuthorizations } from "../../../src/config/authorization.ts";
import { problemsOf } from "./problems.ts";

const MAPS: [string, Authorization[]][] = [
  ["digest:user:password", [{ scheme: "digest", credential: "user:password" }]],
  ["a:1, b:2", [{ scheme: "a", credential: "1" }, { scheme: "b", credential: "2" }]],
  ["digest:'u:p,q'", [{ scheme: "digest", credential: "u:p,q" }]],
  ['digest:"u:p,q",b:2', [
    { scheme: "digest", credential: "u:p,q" },
    { scheme: "b", credential: "2" },
  ]],
  ["digest:'u:it''s'", [{ scheme: "digest", credential: "u:it's" }]],
  ["digest:u:it's", [{ scheme: "digest", credential: "u:it's" }]],
];

for (const [text, authorizations] of MAPS) {
  Deno.test(`parseAuthorizations() reads ${text}`, () => {
    assert.deepEqual(parseAuthorizations(text), authorizations);
  });
}

for (const text of ["hunter2", ":hunter2", "digest:", "di gest:hunter2"]) {
  Deno.test(`parseAuthorizations() refuses ${text} and keeps it secret`, () => {
    const [problem] = problemsOf(() => parseAuthorizations(text));
    assert.match(problem!, /is not scheme:credential .*write for example digest:user:password/);
    assert.doesNotMatch(problem!, /hunter2/);
  });
}
