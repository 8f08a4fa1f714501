import assert from "node:assert/strict";
import { parseCommandWords } from "../../../src/config/command_words.ts";
import { doubtsAbout } from "../../../src/config/doubtful_words.ts";

const SECRETS: [string, number][] = [
  ["db --password=hunter2", 2],
  ["db -x password=hunter2", 3],
  ["db --token hunter2", 2],
  ["java -Ddb.password=hunter2 -jar a.jar", 2],
  ["env DB_PASSWORD=hunter2 db", 2],
  ["db --api-key hunter2", 2],
  ["db --AccessKey=hunter2", 2],
  ["db postgres://user:hunter2@host/x", 2],
];

for (const [text, word] of SECRETS) {
  Deno.test(`doubtsAbout() sees the secret in ${text} and does not repeat it`, () => {
    assert.deepEqual(doubtsAbout(parseCommandWords(text)), [
      `word ${word} looks like a secret, and everybody on this machine sees it in the list of ` +
      "processes; let the program read it from a file",
    ]);
  });
}

const HARMLESS = [
  "db --password-file /run/secret",
  "db --password-file=/run/db-password",
  "db --token-ttl 5",
  "db --password= x",
  "db --no-password --quiet",
  "db --token",
  "tokenizer input.txt",
  "db --config secrets.yaml",
  "db https://host:1/x@y",
  "model --max-tokens 5",
  "sh -c 'cd /x && exec db > log'",
  "awk '{ print $1 }'",
];

for (const text of HARMLESS) {
  Deno.test(`doubtsAbout() finds nothing in ${text}`, () => {
    assert.deepEqual(doubtsAbout(parseCommandWords(text)), []);
  });
}

for (const word of ["&&", "||", "|", ">", ">>", "2>&1", "<", "&", "$HOME/x", "${HOME}", "~/x"]) {
  Deno.test(`doubtsAbout() says that no shell reads ${word}`, () => {
    const [doubt, ...others] = doubtsAbout(["db", word, "y"]);
    assert.ok(doubt?.startsWith(`"${word}" is given to the program as it stands, for no shell `));
    assert.deepEqual(others, []);
  });
}
