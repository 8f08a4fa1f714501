import type { ProbeTarget } from "./command_configuration.ts";
import { parseCommandWords } from "./command_words.ts";
import { ConfigError, invalidValue } from "./config_error.ts";
import { parseHostPort } from "./host_port.ts";

const FORMS = "write a port (8080, host:8080 or [::1]:8080; 1 to 65535), " +
  "a URL (http://localhost:8080/ready), or a command (exec: bin/is-ready --quiet)";

/** Reads how a command is asked whether it is well: by a port, a URL or another command. */
export function parseProbeTarget(text: string): ProbeTarget {
  const trimmed = text.trim();
  const exec = /^exec:(.*)$/s.exec(trimmed);
  if (exec) return { kind: "command", words: parseCommandWords(exec[1]!) };
  return /^https?:/i.test(trimmed) ? parseUrl(trimmed) : parseTcp(trimmed);
}

function parseUrl(text: string): ProbeTarget {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:\/\/./i.test(text)) throw invalidTarget(text);
  if (url.username !== "" || url.password !== "") {
    throw invalidValue(
      url.host,
      `the URL of ${url.host} holds a user or a password (not shown); write a URL without, ` +
        "or a command (exec: …) that reads them from a file",
    );
  }
  return { kind: "http", url: url.href };
}

function parseTcp(text: string): ProbeTarget {
  try {
    const address = parseHostPort(/^\d+$/.test(text) ? `localhost:${text}` : text);
    if (address.port > 0) return { kind: "tcp", ...address };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
  }
  throw invalidTarget(text);
}

function invalidTarget(text: string): ConfigError {
  return invalidValue(text, `${JSON.stringify(text)} is nothing that can be asked; ${FORMS}`);
}
