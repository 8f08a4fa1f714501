import assert from "node:assert/strict";
import { formatJavaProperty, parseJavaProperties } from "../../../src/config/java_properties.ts";

const LINES: [string, string, string][] = [
  ["a=b", "a", "b"],
  ["a = b", "a", "b"],
  ["a: b", "a", "b"],
  ["a b", "a", "b"],
  ["\ta\t=\tb\t", "a", "b"],
  ["a=b\r", "a", "b"],
  ["a=b=c", "a", "b=c"],
  ["a", "a", ""],
  ["a=", "a", ""],
  ["a\\=b=c", "a=b", "c"],
  ["a=b # c", "a", "b # c"],
  ["a=C:\\\\x\\u0041\\t", "a", "C:\\xA"],
  ["a=one,\\\n   two", "a", "one,two"],
  ["a=one,\\\r   two", "a", "one,two"],
  ["# c\ra=b", "a", "b"],
];

for (const [text, key, value] of LINES) {
  Deno.test(`parseJavaProperties() reads ${JSON.stringify(text)}`, () => {
    const properties = parseJavaProperties(text);
    assert.deepEqual(properties.map((property) => [property.key, property.value]), [[key, value]]);
  });
}

Deno.test("parseJavaProperties() skips comments and blank lines and counts lines", () => {
  const text = "# c\n! c\n\n  # c\na=1\nb=x\\\ny\n\nc=2";
  assert.deepEqual(parseJavaProperties(text), [
    { key: "a", value: "1", line: 5, lastLine: 5 },
    { key: "b", value: "xy", line: 6, lastLine: 7 },
    { key: "c", value: "2", line: 9, lastLine: 9 },
  ]);
});

Deno.test("parseJavaProperties() ends at a backslash that ends the file", () => {
  assert.deepEqual(parseJavaProperties("a=b\\").map(({ value }) => value), ["b"]);
});

Deno.test("formatJavaProperty() writes what parseJavaProperties() reads", () => {
  const line = formatJavaProperty("dataDir", "/with\\backslash/x");
  assert.equal(parseJavaProperties(line)[0]?.value, "/with\\backslash/x");
});

Deno.test("formatJavaProperty() writes letters of all kinds, and no line more", () => {
  const [key, value] = ["a key:=ö", "/ö\n x=\u{1F600}\t"];
  const line = formatJavaProperty(key, value);
  assert.match(line, /^[\x20-\x7e]*$/);
  assert.deepEqual(parseJavaProperties(line).map(({ key, value }) => [key, value]), [[
    key,
    value.trim(),
  ]]);
});
