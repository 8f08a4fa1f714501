import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

/** Runs a program of one line with `MASTERD_TEST_ZOOKEEPER` set. */
async function evaluate(code: string, kind: string) {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", code],
    env: { MASTERD_TEST_ZOOKEEPER: kind },
  }).output();
  return { success, output: new TextDecoder().decode(success ? stdout : stderr) };
}

const module = fileURLToPath(new URL("../../support/zookeeper_kind.ts", import.meta.url));

Deno.test("apacheTest() says what it leaves out on the embedded server", async () => {
  const code = `(await import("${module}")).apacheTest("three servers", () => {})`;
  const { success, output } = await evaluate(code, "embedded");
  assert.ok(success, output);
  assert.equal(output, "left to Apache ZooKeeper: three servers\n");
});

Deno.test("MASTERD_TEST_ZOOKEEPER takes nothing but the two servers", async () => {
  const { success, output } = await evaluate(`await import("${module}")`, "Apache");
  assert.equal(success, false);
  assert.match(output, /MASTERD_TEST_ZOOKEEPER: Apache is neither apache nor embedded/);
});
