import { splitWords } from "./command_words.ts";
import { invalidValue } from "./config_error.ts";
import { parseText } from "./plain_values.ts";

/** Reads options of ssh: words between blanks, with quotes as in a shell; nothing is expanded. */
export function parseSshOptions(text: string): readonly string[] {
  return splitWords(parseText(text), invalidOptions);
}

/** Takes the words of a list as they are. */
export function checkSshOptions(words: readonly string[]): readonly string[] {
  // Each is handed to the scripts on a line of its own.
  return words.map(parseText);
}

function invalidOptions(text: string, fact: string) {
  return invalidValue(
    text,
    `${JSON.stringify(text)} ${fact}; write for example -p 2222 -i '/home/a b/key'`,
  );
}
