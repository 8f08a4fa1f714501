import type { Configuration } from "../../config/configuration.ts";
import { readClusterToken } from "../../daemon/cluster_token.ts";
import { localHostTest } from "../../daemon/local_host.ts";
import { StartError } from "../../daemon/start_error.ts";
import { tokenPath } from "../../daemon/state/open_state.ts";
import { TokenError } from "../../daemon/token_error.ts";
import type { LeaderAddress } from "../../election/leadership.ts";

/** What goes into a header as it is. */
const TOKEN = /^[\x21-\x7e]{1,4096}$/;

export interface FoundToken {
  token: string;
  file: string;
}

/**
 * The token for calls to a leader: that of the cluster, or, on the leader's own host, the one that its
 * daemon wrote for this leadership.
 * @throws {TokenError}
 */
export async function findToken(
  { tokenFile, env: { pidDir } }: Pick<Configuration, "tokenFile" | "env">,
  leader: LeaderAddress,
  isLocal: (host: string) => boolean = localHostTest(),
): Promise<FoundToken> {
  const clusterToken = await readClusterToken(tokenFile).catch((cause) => {
    throw cause instanceof StartError ? new TokenError(cause.message, { cause }) : cause;
  });
  if (clusterToken !== undefined) return { token: clusterToken, file: tokenFile! };
  const { host, webuiPort } = leader;
  if (!isLocal(host)) {
    throw new TokenError(
      `The leader on ${host} takes changes only with a token: set masterd.token-file to a file that is ` +
        `the same on every host, or run this on ${host} as the user of its daemon`,
    );
  }
  const file = tokenPath(pidDir, webuiPort);
  return { token: await readLeadershipToken(file), file };
}

async function readLeadershipToken(file: string): Promise<string> {
  const what = `the token of the leader's daemon, ${file}`;
  let text: string;
  try {
    text = (await Deno.readTextFile(file)).trim();
  } catch (cause) {
    const { message } = cause as Error;
    const ways = "run this as the user of that daemon, or set masterd.token-file";
    throw new TokenError(`Cannot read ${what}: ${message}; ${ways}`, { cause });
  }
  if (TOKEN.test(text)) return text;
  throw new TokenError(`There is no token in ${what}`);
}
