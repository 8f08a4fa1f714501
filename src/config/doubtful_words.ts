import type { CommandWords } from "./command_configuration.ts";

/** Names of what must stay secret. */
export const SECRET_NAME =
  /password|passwd|secret|token|api-?key|access-?key|account\.key|service-key|credential|basic-auth|auth-params|jaas\.config|http-headers/i;

// `--token-file` names a place, and `--token-ttl` a number: neither is the secret itself.
const PLACE_OR_MEASURE =
  /(?:file|path|dir|folder|url|uri|env|name|id|ttl|timeout|expiry|length|limit|count|max-?tokens)$/i;

/** What the author of a command may not have meant; secrets are not repeated. */
export function doubtsAbout(words: CommandWords): string[] {
  return [...secretDoubts(words), ...shellDoubts(words)];
}

function* secretDoubts(words: CommandWords): Generator<string> {
  for (const [index, word] of words.entries()) {
    if (!holdsSecret(word, words[index + 1])) continue;
    yield `word ${index + 1} looks like a secret, and everybody on this machine sees it in the ` +
      "list of processes; let the program read it from a file";
  }
}

function holdsSecret(word: string, next: string | undefined): boolean {
  if (/^[A-Za-z][\w+.-]*:\/\/[^/\s:@]*:[^/\s@]+@/.test(word)) return true;
  const [, dashes = "", name = "", value] = /^(-*)([\w.-]+)(?:=(.*))?$/s.exec(word) ?? [];
  if (!SECRET_NAME.test(name) || PLACE_OR_MEASURE.test(name)) return false;
  if (value !== undefined) return value !== "";
  return dashes !== "" && next !== undefined && !next.startsWith("-");
}

const OPERATOR = /^(?:&&?|\|\|?|[012]?>>?|<|2>&1)$/;
const EXPANSION = /^~\/|^\$\{?[A-Za-z_]/;

function* shellDoubts(words: CommandWords): Generator<string> {
  const found = words.find((word) => OPERATOR.test(word) || EXPANSION.test(word));
  if (found === undefined) return;
  yield `${JSON.stringify(found)} is given to the program as it stands, for no shell reads the ` +
    "command; where one is wanted write sh -c '…'";
}
