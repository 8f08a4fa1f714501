import { StorageError } from "../errors.ts";
import type { HdfsOptions } from "../open.ts";

/** Who acts, as query parameters of WebHDFS: a delegation token, else a user name, else nobody. */
export class Identity {
  readonly #user: string | undefined;
  readonly #tokenFile: string | undefined;
  #lastToken: string | undefined;

  constructor(options: Pick<HdfsOptions, "user" | "delegationTokenFile">) {
    this.#user = options.user;
    this.#tokenFile = options.delegationTokenFile;
  }

  /** How this host presents itself, for messages. */
  get description(): string {
    if (this.#tokenFile !== undefined) return `with the delegation token of ${this.#tokenFile}`;
    return this.#user === undefined ? "without a user name" : `as user ${this.#user}`;
  }

  /**
   * The parameters for one call. The token is read anew each time, so that a renewed one counts.
   * @throws {StorageError} `denied` if the token cannot be read
   */
  async parameters(): Promise<Readonly<Record<string, string>>> {
    if (this.#tokenFile === undefined) {
      return this.#user === undefined ? {} : { "user.name": this.#user };
    }
    this.#lastToken = await readToken(this.#tokenFile);
    return { delegation: this.#lastToken };
  }

  /** Takes the token out of a text, should a server have repeated it. */
  redact(text: string): string {
    const withoutToken = this.#lastToken ? text.replaceAll(this.#lastToken, "TOKEN") : text;
    return withoutToken.replace(/((?:delegation|token)=)[^&\s"']+/gi, "$1TOKEN");
  }
}

async function readToken(file: string): Promise<string> {
  const text = await Deno.readTextFile(file).catch((cause) => {
    throw new StorageError("denied", `Cannot read the delegation token in ${file}`, { cause });
  });
  const token = text.trim();
  // Tokens are base64 that is safe in a URL (Token.encodeToUrlString).
  if (/^[A-Za-z0-9_=-]+$/.test(token)) return token;
  throw new StorageError(
    "denied",
    `${file} holds no delegation token: that is one line of letters, digits, - and _, ` +
      "the urlString that GETDELEGATIONTOKEN gives",
  );
}
