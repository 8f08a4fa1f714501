import assert from "node:assert/strict";
import { parseFlinkConf } from "../../../src/config/flink_conf.ts";
import { problemsOf } from "./problems.ts";

const FILE = "conf/flink-conf.yaml";
const parse = (text: string) =>
  parseFlinkConf(text, FILE).map(({ key, value, line }) => [key, value, line]);

const FILES: [string, string, [string, string, number][]][] = [
  ["flat keys", "a.b: 1\na.c: x\n", [["a.b", "1", 1], ["a.c", "x", 2]]],
  ["nested maps", "a:\n  b: 1\n  c:\n    d: x\n", [["a.b", "1", 2], ["a.c.d", "x", 4]]],
  ["dotted keys in nested maps", "a.b:\n  c.d: 1\n", [["a.b.c.d", "1", 2]]],
  ["flow maps", "a: {b: 1, c: {d: 2}}\n", [["a.b", "1", 1], ["a.c.d", "2", 1]]],
  ["lists", "a: [x, 1]\nb:\n  - y\n  - z\n", [["a", "x,1", 1], ["b", "y,z", 2]]],
  ["CRLF", "a: 1\r\nb: x\r\n", [["a", "1", 1], ["b", "x", 2]]],
  ["tabs after the colon and before comments", "a:\tx\t# c\n", [["a", "x", 1]]],
  ["a byte order mark", "\uFEFFa: 1\n", [["a", "1", 1]]],
  ["comments", "# c\n\n  # c\na: x # c\nb: x#c\n", [["a", "x", 4], ["b", "x#c", 5]]],
  ["quotes", "a: \"x # y\"\nb: 'it''s'\n", [["a", "x # y", 1], ["b", "it's", 2]]],
  ["numbers as they are written", "a: 007\nb: 0x10\nc: 1e3\nd: true\n", [
    ["a", "007", 1],
    ["b", "0x10", 2],
    ["c", "1e3", 3],
    ["d", "true", 4],
  ]],
  ["empty values", "a:\nb: ~\nc: ''\n", [["a", "", 1], ["b", "", 2], ["c", "", 3]]],
  ["URLs and addresses", "a: hdfs:///x\nb: h:1,g:2\n", [["a", "hdfs:///x", 1], [
    "b",
    "h:1,g:2",
    2,
  ]]],
  ["IPv6 addresses", "a: [::1]:2181,[::2]:2181/x # c\nb:\n  c: [fe80::1]\n", [
    ["a", "[::1]:2181,[::2]:2181/x", 1],
    ["b.c", "[fe80::1]", 3],
  ]],
  ["a colon and a blank in a value", 'x: 1\na: b: c # d\nb: -D x: "y"\n', [
    ["x", "1", 1],
    ["a", "b: c", 2],
    ["b", '-D x: "y"', 3],
  ]],
  ["a command that begins with a quoted word", `command: "a b" -x # c\na:\n  ready: 'c d' e: f\n`, [
    ["command", '"a b" -x', 1],
    ["a.ready", "'c d' e: f", 3],
  ]],
  ["a nested value with a colon and a blank", "a:\n  b: c: d\n", [["a.b", "c: d", 2]]],
  ["duplicates", "a: 1\na: 2\n", [["a", "1", 1], ["a", "2", 2]]],
  ["an empty file", "", []],
  ["comments only", "# c\n", []],
];

for (const [name, text, entries] of FILES) {
  Deno.test(`parseFlinkConf() reads ${name}`, () => assert.deepEqual(parse(text), entries));
}

Deno.test("parseFlinkConf() keeps the items of a list", () => {
  const items = (text: string) => parseFlinkConf(text, FILE).map(({ items }) => items);
  assert.deepEqual(items("a: [x, 'b, c', 007]\nb:\n  - y\n  - ~\nc: x,y\nd: []\n"), [
    ["x", "b, c", "007"],
    ["y", ""],
    undefined,
    [],
  ]);
});

const BROKEN: [string, string, RegExp][] = [
  ["an open brace", "a: 1\nb: {x: y\n", /^conf\/flink-conf.yaml:2: Flow /],
  ["no colon", "a: 1\nrest.port 8081\n", /^conf\/flink-conf.yaml:2: .*; write "key: value", keys/],
  [
    "a tab as indentation",
    "a: 1\n\tb: 2\n",
    /^conf\/flink-conf.yaml:2: Tabs .*; indent with blanks$/,
  ],
  ["a nested tab", "a:\n\tb: 2\n", /^conf\/flink-conf.yaml:2: Tabs /],
  [
    "an open quote",
    "a: 1\nb: 'x\nc: 2\n\n",
    /^conf\/flink-conf.yaml:2: Missing closing 'quote; put the value/,
  ],
  ["an open bracket", "a: 1\nb: [x\n\nc: 2\n", /^conf\/flink-conf.yaml:2: Flow /],
  ["a reserved character", "a: 1\nb: @x\n", /^conf\/flink-conf.yaml:2: .*; put the value between/],
  [
    "no blank after the colon",
    "x: 1\na:b\nc: d\n",
    /^conf\/flink-conf.yaml:2: .*; write a blank after/,
  ],
  [
    "uneven indentation",
    "  a: 1\nb: 2\n",
    /^conf\/flink-conf.yaml:2: .* with the same indentation$/,
  ],
  [
    "plain text",
    "zookeeper\n",
    /^conf\/flink-conf.yaml:1: is not a list of settings; write one key/,
  ],
  ["a list", "- a: 1\n", /^conf\/flink-conf.yaml:1: is not a list of settings/],
  ["two documents", "a: 1\n---\nb: 2\n", /^conf\/flink-conf.yaml:2: .*multiple documents/],
  ["a list as a key", "a: 1\n? [x]\n: y\n", /^conf\/flink-conf.yaml:2: the key is not plain text/],
  ["a list in a list", "a: 1\nb: [x, [y]]\n", /^conf\/flink-conf.yaml:2: b: nested lists, /],
  ["words after a quoted value", "a: 'x' y\n", /^conf\/flink-conf.yaml:1: Unexpected scalar/],
  ["an alias", "a: &x 1\nb: *x\n", /^conf\/flink-conf.yaml:2: b: .*aliases are not supported/],
  ["an alias of what it is in", "a: &x\n  b: *x\n", /^conf\/flink-conf.yaml:2: a.b: .*aliases/],
];

for (const [name, text, message] of BROKEN) {
  Deno.test(`parseFlinkConf() refuses ${name}`, () => {
    const [problem, ...others] = problemsOf(() => parse(text));
    assert.match(problem!, message);
    assert.deepEqual(others, []);
  });
}

Deno.test("parseFlinkConf() reports several broken lines at once", () => {
  assert.equal(problemsOf(() => parse("a: @x\nb: 1\nc: %y\n")).length, 2);
});
