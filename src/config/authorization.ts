import { ConfigError } from "./config_error.ts";

/** An identity that the session shows to ZooKeeper. */
export interface Authorization {
  readonly scheme: string;
  readonly credential: string;
}

/**
 * Reads Flink's map notation, `scheme:credential,scheme:credential`; a credential with a comma is
 * put in quotes. Credentials never appear in messages.
 */
export function parseAuthorizations(text: string): Authorization[] {
  return splitItems(text).map((item) => {
    const colon = item.indexOf(":");
    const scheme = item.slice(0, Math.max(colon, 0)).trim();
    return checkAuthorization({ scheme, credential: unquote(item.slice(colon + 1).trim()) });
  });
}

/** Returns the authorization if a session could use it. */
export function checkAuthorization(authorization: Authorization): Authorization {
  const { scheme, credential } = authorization;
  if (/^[A-Za-z][\w-]*$/.test(scheme) && credential !== "") return authorization;
  throw new ConfigError([{
    message:
      "is not scheme:credential (the value is not shown); write for example digest:user:password",
  }]);
}

// Items end at commas; one within a credential counts for nothing if the credential is quoted.
function splitItems(text: string): string[] {
  const item = /[^,:]*:\s*(?:'(?:[^']|'')*'|"(?:[^"]|"")*")(?=\s*(?:,|$))|[^,]+/g;
  return (text.match(item) ?? []).filter((item) => item.trim() !== "");
}

function unquote(text: string): string {
  const quote = text[0];
  if ((quote !== "'" && quote !== '"') || text.length < 2 || !text.endsWith(quote)) return text;
  return text.slice(1, -1).replaceAll(quote + quote, quote);
}
