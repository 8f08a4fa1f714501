/// <reference lib="deno.unstable" />
import assert from "node:assert/strict";
import plugin from "../../../tools/lint/plugin.ts";

function messages(file: string, source: string): string[] {
  return Deno.lint.runPlugin(plugin, file, source).map(({ id, message }) => `${id}: ${message}`);
}

const ALLOWED: readonly (readonly [file: string, specifier: string])[] = [
  ["src/async/delay.ts", "./backoff.ts"],
  ["src/async/delay.ts", "node:events"],
  ["src/config/masters.ts", "../async/delay.ts"],
  ["src/config/flink_conf.ts", "yaml"],
  ["src/zookeeper/session.ts", "./wire/records.ts"],
  ["src/zookeeper/wire/records.ts", "./buffer.ts"],
  ["src/election/latch.ts", "zookeeper"],
  ["src/election/latch.ts", "../zookeeper/mod.ts"],
  ["src/state/store.ts", "../storage/file.ts"],
  ["src/quorum/server.ts", "../zookeeper/wire/records.ts"],
  ["src/daemon/jobmanager.ts", "../election/latch.ts"],
  ["src/daemon/jobmanager.ts", "../config/configuration.ts"],
  ["src/cli/run.ts", "../daemon/jobmanager.ts"],
  ["src/cli/run.ts", "../../deno.json"],
  ["src/daemon/version.ts", "../../deno.json"],
  ["src/cli/parse.ts", "@std/cli/parse-args"],
  ["main.ts", "./src/cli/run.ts"],
  ["tests/unit/async/delay_test.ts", "../../../src/async/delay.ts"],
  ["bench/run.ts", "npm:node-zookeeper-client@1.1.3"],
];

const REFUSED: readonly (readonly [file: string, specifier: string, message: string])[] = [
  [
    "src/async/delay.ts",
    "../log/logger.ts",
    "Layer async may not import log; it may import nothing of the project",
  ],
  [
    "src/config/masters.ts",
    "../http/server.ts",
    "Layer config may not import http; it may import async, log",
  ],
  [
    "src/zookeeper/session.ts",
    "../async/delay.ts",
    "Layer zookeeper may not import async; it may import zookeeper/wire",
  ],
  [
    "src/zookeeper/wire/records.ts",
    "../session.ts",
    "Layer zookeeper/wire may not import zookeeper; it may import nothing of the project",
  ],
  [
    "src/zookeeper/wire/records.ts",
    "zookeeper",
    "Layer zookeeper/wire may not import zookeeper; it may import nothing of the project",
  ],
  [
    "src/election/latch.ts",
    "../zookeeper/wire/records.ts",
    "Layer election may not import zookeeper/wire; it may import zookeeper, async, log",
  ],
  [
    "src/http/server.ts",
    "../election/latch.ts",
    "Layer http may not import election; it may import async, log",
  ],
  [
    "src/workload/child.ts",
    "zookeeper",
    "Layer workload may not import zookeeper; it may import async, log",
  ],
  [
    "main.ts",
    "./src/daemon/jobmanager.ts",
    "Layer main.ts may not import daemon; it may import cli",
  ],
  [
    "src/log/logger.ts",
    "../../tests/support/until.ts",
    "Layer log may not import tests/support/until.ts; it may import nothing of the project",
  ],
  ["src/http/server.ts", "yaml", "Layer http may not import yaml; that is for config"],
  [
    "src/cli/run.ts",
    "npm:yaml@2.8.1",
    "Package npm:yaml@2.8.1 is not one of aws4fetch, cli-progress, fast-xml-parser, prom-client, yaml, " +
    "@std/cli/parse-args",
  ],
  ["src/helpers/all.ts", "node:fs", "Folder src/helpers has no row in the table of layers"],
];

for (const [file, specifier] of ALLOWED) {
  Deno.test(`layers lets ${file} import ${specifier}`, () => {
    assert.deepEqual(messages(file, `import "${specifier}";`), []);
  });
}

for (const [file, specifier, message] of REFUSED) {
  Deno.test(`layers refuses that ${file} imports ${specifier}`, () => {
    assert.deepEqual(messages(file, `import "${specifier}";`), [`masterd/layers: ${message}`]);
  });
}

Deno.test("layers sees every form of import, and takes absolute file names", () => {
  const forms = [
    `import type { A } from "../http/a.ts";`,
    `export { a } from "../http/a.ts";`,
    `export * from "../http/a.ts";`,
    `await import("../http/a.ts");`,
    `type B = import("../http/a.ts").A;`,
  ];
  const file = new URL("../../../src/log/logger.ts", import.meta.url).pathname;
  for (const form of forms) assert.equal(messages(file, form).length, 1, form);
});

Deno.test("process-edge leaves the arguments and the end of the process to main.ts", () => {
  const forms = [
    `Deno.exit(1);`,
    `run(Deno.args);`,
    `globalThis.Deno.exit();`,
    `Deno["exit"](1);`,
    `const { args } = Deno;`,
    `process.exit(1);`,
  ];
  for (const form of forms) {
    assert.match(
      messages("src/cli/run.ts", form).join(),
      /^masterd\/process-edge: Only main/,
      form,
    );
    assert.deepEqual(messages("main.ts", form), [], form);
  }
});

Deno.test("process-edge leaves other members alone", () => {
  const source = `Deno.exitCode = 1; options.args; child.exit(); const { pid } = Deno;`;
  assert.deepEqual(messages("src/cli/run.ts", source), []);
});

Deno.test("wall-clock is refused where sessions and leadership are timed", () => {
  const forms = [`Date.now();`, `const now = Date.now;`, `new Date();`, `Date();`];
  for (const form of forms) {
    for (const file of ["src/zookeeper/session.ts", "src/election/latch.ts"]) {
      assert.deepEqual(messages(file, form), ["masterd/wall-clock: The wall clock can jump"], form);
    }
    assert.deepEqual(messages("src/log/logger.ts", form), [], form);
  }
});

Deno.test("wall-clock allows to render a time that was given", () => {
  const source = `new Date(stat.mtimeMs).toISOString(); performance.now();`;
  assert.deepEqual(messages("src/zookeeper/stat.ts", source), []);
});

Deno.test("weak-signal refuses signals that can be collected while something waits", () => {
  const form = `const either = AbortSignal.any([first, second]);`;
  assert.match(messages("src/async/retry.ts", form).join(), /^masterd\/weak-signal: /);
  assert.deepEqual(messages("src/async/retry.ts", `AbortSignal.timeout(5);`), []);
});
