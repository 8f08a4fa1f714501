import { randomBytes } from "node:crypto";
import { dirname } from "node:path";
import { TokenDigest } from "../token_digest.ts";

/** What opens the state to the command of one leadership, and to nobody after that. */
export class LeadershipToken implements AsyncDisposable {
  /** Where the command finds it. */
  readonly path: string;
  readonly digest: TokenDigest;

  private constructor(path: string, digest: TokenDigest) {
    this.path = path;
    this.digest = digest;
  }

  /** Makes a new token and writes it where only this user may read it, in the place of an older one. */
  static async write(path: string): Promise<LeadershipToken> {
    const token = randomBytes(32).toString("hex");
    await Deno.mkdir(dirname(path), { recursive: true });
    // Never written in place: that would follow a link, and keep the mode that somebody else chose.
    const newPath = `${path}.${crypto.randomUUID()}`;
    try {
      await Deno.writeTextFile(newPath, `${token}\n`, { createNew: true, mode: 0o600 });
      await Deno.rename(newPath, path);
    } catch (error) {
      await remove(newPath).catch(() => {});
      throw error;
    }
    return new LeadershipToken(path, new TokenDigest(token));
  }

  /** Takes away the file of a leadership whose daemon died: it opens nothing any more. */
  static async forget(path: string): Promise<void> {
    await remove(path).catch(() => {});
  }

  /** Takes the file away; one that stays opens nothing any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await remove(this.path).catch(() => {});
  }
}

async function remove(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
