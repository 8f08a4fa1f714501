import assert from "node:assert/strict";

const ROOT = new URL("../../../", import.meta.url);

const plan = await Deno.readTextFile(new URL("tests/TRAPS.md", ROOT));

Deno.test("TRAPS.md has a row for each trap", () => {
  const numbers = [...plan.matchAll(/^\| T(\d+) /gm)].map(([, number]) => Number(number));
  assert.deepEqual(numbers, Array.from({ length: 34 }, (_, index) => index + 1));
});

Deno.test("TRAPS.md names tests that are there", async () => {
  const named = [...plan.matchAll(/`(tests\/[^`]+_test\.ts)`: "([^"]+)"/g)];
  assert.ok(named.length > 50);
  for (const [, file, name] of named) {
    const text = await Deno.readTextFile(new URL(file!, ROOT));
    assert.ok(text.includes(name!), `${file} has no test "${name}"`);
  }
});
