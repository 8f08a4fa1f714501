import assert from "node:assert/strict";
import {
  type HighAvailabilityMode,
  parseHighAvailabilityMode,
} from "../../../src/config/high_availability.ts";
import { problemsOf } from "./problems.ts";

const parse = (text: string) => parseHighAvailabilityMode(text, { baseDir: "/opt/masterd" });
const module = (specifier: string): HighAvailabilityMode => ({ kind: "module", specifier });

const MODES: [string, HighAvailabilityMode][] = [
  ["NONE", { kind: "none" }],
  ["none", { kind: "none" }],
  ["Standalone", { kind: "none" }],
  ["zookeeper", { kind: "zookeeper" }],
  [" ZooKeeper ", { kind: "zookeeper" }],
  ["/etc/ha/factory", module("file:///etc/ha/factory")],
  ["plugins/my factory.ts", module("file:///opt/masterd/plugins/my%20factory.ts")],
  ["factory.js", module("file:///opt/masterd/factory.js")],
  ["factory.mjs", module("file:///opt/masterd/factory.mjs")],
  ["file:///ha.js", module("file:///ha.js")],
  ["https://example.com/ha.js", module("https://example.com/ha.js")],
  ["data:text/javascript,export default 1", module("data:text/javascript,export default 1")],
];

for (const [text, mode] of MODES) {
  Deno.test(`parseHighAvailabilityMode() reads ${JSON.stringify(text)}`, () => {
    assert.deepEqual(parse(text), mode);
  });
}

const ALL = "modes are NONE, ZOOKEEPER, or the path or URL of a JavaScript module";
const REFUSED: [string, string][] = [
  ["zookeper", `"zookeper" is no mode of high availability; did you mean zookeeper? ${ALL}`],
  ["ZOOKEPER", `"ZOOKEPER" is no mode of high availability; did you mean zookeeper? ${ALL}`],
  ["kubernetes", `"kubernetes" is no mode of high availability; ${ALL}`],
  ["constructor", `"constructor" is no mode of high availability; ${ALL}`],
  [
    "com.example.HaFactory",
    `"com.example.HaFactory" is no mode of high availability; Java classes cannot be loaded; ${ALL}`,
  ],
];

for (const [text, message] of REFUSED) {
  Deno.test(`parseHighAvailabilityMode() refuses ${text}`, () => {
    assert.deepEqual(problemsOf(() => parse(text)), [message]);
  });
}
