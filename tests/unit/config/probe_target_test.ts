import assert from "node:assert/strict";
import type { ProbeTarget } from "../../../src/config/command_configuration.ts";
import { parseProbeTarget } from "../../../src/config/probe_target.ts";
import { problemsOf } from "./problems.ts";

const TARGETS: [string, ProbeTarget][] = [
  ["8080", { kind: "tcp", host: "localhost", port: 8080 }],
  [" db.example:5432 ", { kind: "tcp", host: "db.example", port: 5432 }],
  ["10.0.0.1:1", { kind: "tcp", host: "10.0.0.1", port: 1 }],
  ["[::1]:65535", { kind: "tcp", host: "::1", port: 65535 }],
  ["http://localhost:8080", { kind: "http", url: "http://localhost:8080/" }],
  ["HTTPS://[::1]/ready?deep=1", { kind: "http", url: "https://[::1]/ready?deep=1" }],
  ["exec: bin/ok --quiet 'a b'", { kind: "command", words: ["bin/ok", "--quiet", "a b"] }],
  ['exec:["bin/ok", "a b"]', { kind: "command", words: ["bin/ok", "a b"] }],
];

for (const [text, target] of TARGETS) {
  Deno.test(`parseProbeTarget() reads ${text}`, () => {
    assert.deepEqual(parseProbeTarget(text), target);
  });
}

const REFUSED = [
  "0",
  "65536",
  "-1",
  "localhost",
  "localhost:",
  "localhost:0",
  "localhost:http",
  ":8080",
  "::1:8080",
  "[::1]",
  "tcp://localhost:8080",
  "ftp://localhost/",
  "http:",
  "http://",
  "http:/localhost",
  "http://local host/",
  "http://localhost:99999/",
  "bin/is-ready",
  "Exec: x",
];

for (const text of REFUSED) {
  Deno.test(`parseProbeTarget() refuses ${text} and lists the three forms`, () => {
    assert.deepEqual(problemsOf(() => parseProbeTarget(text)), [
      `${JSON.stringify(text)} is nothing that can be asked; ` +
      "write a port (8080, host:8080 or [::1]:8080; 1 to 65535), " +
      "a URL (http://localhost:8080/ready), or a command (exec: bin/is-ready --quiet)",
    ]);
  });
}

Deno.test("parseProbeTarget() refuses exec: without a readable command", () => {
  assert.match(problemsOf(() => parseProbeTarget("exec:")).join(), /has no word; write the prog/);
  assert.match(problemsOf(() => parseProbeTarget("exec: a 'b")).join(), /not closed; write the/);
});

Deno.test("parseProbeTarget() refuses a URL with a password and does not repeat it", () => {
  const [problem] = problemsOf(() => parseProbeTarget("http://user:hunter2@localhost:8080/x"));
  assert.match(problem!, /^the URL of localhost:8080 holds a user or a password \(not shown\)/);
  assert.doesNotMatch(problem!, /hunter2/);
});
