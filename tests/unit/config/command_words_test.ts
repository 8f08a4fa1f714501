import assert from "node:assert/strict";
import {
  checkCommandWords,
  formatCommandWords,
  parseCommandWords,
} from "../../../src/config/command_words.ts";
import { problemsOf } from "./problems.ts";

const COMMANDS: [string, string[]][] = [
  ["java", ["java"]],
  ["  java \t -jar  app.jar ", ["java", "-jar", "app.jar"]],
  ["java -jar 'a b.jar'", ["java", "-jar", "a b.jar"]],
  ['java -jar "a b.jar"', ["java", "-jar", "a b.jar"]],
  ["java -jar a\\ b.jar", ["java", "-jar", "a b.jar"]],
  ["--x='a b'\"c d\"e", ["--x=a bc de"]],
  ["a '' \"\"", ["a", "", ""]],
  ["a 'it'\\''s'", ["a", "it's"]],
  ['a "say \\"x\\" \\\\ \\d"', ["a", 'say "x" \\ \\d']],
  ["a '\\n'", ["a", "\\n"]],
  ["a $HOME ~ * | > x; `y`", ["a", "$HOME", "~", "*", "|", ">", "x;", "`y`"]],
  ['["java", "-jar", "a b.jar"]', ["java", "-jar", "a b.jar"]],
  ["[java, -Xmx1g, 'a b', 007, true, 1.50]", ["java", "-Xmx1g", "a b", "007", "true", "1.50"]],
  ["[a, '', ~]", ["a", "", ""]],
];

for (const [text, words] of COMMANDS) {
  Deno.test(`parseCommandWords() reads ${text}`, () => {
    assert.deepEqual(parseCommandWords(text), words);
  });
}

const EXAMPLE = "write the program and its arguments, " +
  `for example java -jar 'a b.jar', or ["java", "-jar", "a b.jar"]`;

const REFUSED: [string, string][] = [
  ["a 'b c", "has a ' that is not closed"],
  ['a "b c', 'has a " that is not closed'],
  ['a "b\\"', 'has a " that is not closed'],
  ["a b\\", "ends in a backslash"],
  ["", "has no word"],
  ["[]", "has no word"],
  ["''", "has an empty first word, the program"],
  ["'' a", "has an empty first word, the program"],
  ['["", "a"]', "has an empty first word, the program"],
  ["a\nb", "holds a line break or a NUL character"],
  ["a 'b\nc'", "holds a line break or a NUL character"],
  ["a\u0000b", "holds a line break or a NUL character"],
  ['["a", "b\\nc"]', "holds a line break or a NUL character"],
  ['["a", "b\\0c"]', "holds a line break or a NUL character"],
  ["[a", "begins like a list and is none"],
  ["[a] b", "begins like a list and is none"],
  ["[a, [b]]", "begins like a list and is none"],
  ["[a, {b: c}]", "begins like a list and is none"],
];

for (const [text, fact] of REFUSED) {
  Deno.test(`parseCommandWords() refuses ${JSON.stringify(text)}`, () => {
    assert.deepEqual(problemsOf(() => parseCommandWords(text)), [
      `${JSON.stringify(text)} ${fact}; ${EXAMPLE}`,
    ]);
  });
}

Deno.test("checkCommandWords() refuses what no program can be started with", () => {
  assert.deepEqual(checkCommandWords(["a", ""]), ["a", ""]);
  for (const words of [[], [""], [" "], ["a", "b\nc"], ["a", "b\u0000c"]]) {
    assert.equal(problemsOf(() => checkCommandWords(words)).length, 1);
  }
});

Deno.test("formatCommandWords() writes what parseCommandWords() reads back", () => {
  for (const words of [["a"], ["a b", "it's", '"', "\\", "", "[x]", "\t", "$x"], ["["]]) {
    assert.deepEqual(parseCommandWords(formatCommandWords(words)), words);
  }
  assert.equal(formatCommandWords(["java", "-jar", "a b.jar"]), "java -jar 'a b.jar'");
});
