import assert from "node:assert/strict";
import { checkSshOptions, parseSshOptions } from "../../../src/config/ssh_options.ts";
import { problemsOf } from "./problems.ts";

const TEXTS: [string, string[]][] = [
  ["", []],
  ["  ", []],
  ["-p 2222  -o User=*", ["-p", "2222", "-o", "User=*"]],
  [`-i '/a b/key' -o "ProxyCommand=nc -x \\"a\\" %h"`, [
    "-i",
    "/a b/key",
    "-o",
    'ProxyCommand=nc -x "a" %h',
  ]],
  ["-i $HOME/key;id", ["-i", "$HOME/key;id"]],
  ["-o ''", ["-o", ""]],
];

for (const [text, words] of TEXTS) {
  Deno.test(`parseSshOptions() reads ${JSON.stringify(text)}`, () => {
    assert.deepEqual(parseSshOptions(text), words);
  });
}

Deno.test("parseSshOptions() refuses an open quote, and what is no line", () => {
  assert.deepEqual(problemsOf(() => parseSshOptions("-i '/a b")), [
    `"-i '/a b" has a ' that is not closed; write for example -p 2222 -i '/home/a b/key'`,
  ]);
  assert.match(problemsOf(() => parseSshOptions("-i\t/a")).join(), /control characters/);
  assert.match(problemsOf(() => checkSshOptions(["-i", "/a\nha\tnone"])).join(), /control char/);
});

Deno.test("checkSshOptions() takes the words of a list as they are", () => {
  assert.deepEqual(checkSshOptions(["-i", "/a 'b/key"]), ["-i", "/a 'b/key"]);
});
