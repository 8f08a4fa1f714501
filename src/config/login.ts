import { invalidValue } from "./config_error.ts";
import { parsePort } from "./host_port.ts";

/** How ssh reaches a host, as far as its line says it. */
export interface Login {
  readonly user?: string;
  readonly sshPort?: number;
}

/** Takes `user@` off the word, and reads the options behind it. */
export function parseLogin(
  text: string,
  options: readonly string[],
): { word: string; login: Login } {
  const sshPort = parseSshPort(options);
  const port = sshPort === undefined ? {} : { sshPort };
  const at = text.indexOf("@");
  if (at < 0) return { word: text, login: port };
  return { word: text.slice(at + 1), login: { user: parseUser(text.slice(0, at)), ...port } };
}

// Becomes an argument of ssh: a leading dash would be taken for an option.
function parseUser(user: string): string {
  if (/^[\w.][\w.-]{0,252}$/.test(user)) return user;
  throw invalidValue(
    user,
    `${JSON.stringify(user)} is not a user; write a name of letters, digits, ".", "-" and "_"`,
  );
}

function parseSshPort(options: readonly string[]): number | undefined {
  const ports = options.map((option) => {
    const value = /^ssh-port=(.*)$/.exec(option)?.[1];
    if (value !== undefined) return parsePort(value, { min: 1 });
    throw invalidValue(
      option,
      `${JSON.stringify(option)} is no option of a host; there is ssh-port=22`,
    );
  });
  if (ports.length > 1) {
    throw invalidValue(options.join(" "), "ssh-port is given more than once");
  }
  return ports[0];
}
