import { invalidValue, ProblemList } from "./config_error.ts";
import { type Login, parseLogin } from "./login.ts";

/**
 * Reads a file of one host per line: comments from `#`, blanks, tabs and CRLF are passed over, and
 * a network topology prefix (`/rack1/host`) is dropped. What says how ssh reaches the host,
 * `user@host` and `ssh-port=2222`, is read here; `parseWord` gets the rest. All bad lines are
 * reported at once.
 */
export function parseHostLines<T>(
  text: string,
  file: string,
  parseWord: (word: string, line: number) => T,
): (T & Login)[] {
  const problems = new ProblemList();
  const results: (T & Login)[] = [];
  for (const [index, rawLine] of text.replace(/^\uFEFF/, "").split("\n").entries()) {
    const content = rawLine.split("#", 1)[0]!.trim();
    if (content === "") continue;
    const line = index + 1;
    problems.attempt({ file, line }, () => {
      const [address, ...options] = content.split(/\s+(?=[\w-]+=\S*(?:\s|$))/);
      const { word, login } = parseLogin(oneHost(address!), options);
      results.push({ ...parseWord(word, line), ...login });
    });
  }
  problems.throwIfAny();
  return results;
}

function oneHost(content: string): string {
  const quoted = JSON.stringify(content);
  const withoutBlanks = content.replace(/\s*:\s*/g, ":");
  if (/\s/.test(withoutBlanks) || content.includes(",")) {
    throw invalidValue(content, `${quoted} is more than one host; write one host per line`);
  }
  if (/\s/.test(content)) {
    throw invalidValue(
      content,
      `${quoted} has blanks around the colon; write ${withoutBlanks} without them`,
    );
  }
  const host = content.replace(/^\/?(?:[\w.-]+\/)*/, "");
  if (host === "") {
    throw invalidValue(content, `${quoted} has no host after the rack; write /rack/host`);
  }
  if (host.includes("/")) {
    throw invalidValue(content, `${quoted} is not a host; write host, host:port or /rack/host`);
  }
  return host;
}
