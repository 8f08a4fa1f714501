/** What is known of one server of the quorum. */
export type ServerState =
  | { kind: "serving"; mode: ServerMode; zxid?: string; version?: string }
  /** It runs and belongs to no majority, for now. */
  | { kind: "not-serving" }
  | { kind: "unreachable"; reason: string }
  /** Somebody answers, but not what a ZooKeeper server says. */
  | { kind: "unknown"; reason: string }
  /** It cannot be asked in plain text from here. */
  | { kind: "not-asked"; reason: string };

export type ServerMode = typeof MODES[number];

const MODES = ["leader", "follower", "observer", "standalone", "read-only"] as const;
const MAX_SHOWN = 60;

/** Reads the answer to `srvr`. */
export function parseServerAnswer(text: string): ServerState {
  const fields = new Map(
    text.split("\n").map((line): [string, string] => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    }),
  );
  const mode = MODES.find((each) => each === fields.get("Mode"));
  if (mode !== undefined && fields.has("Zookeeper version")) {
    const zxid = /^0x[0-9a-f]{1,16}$/.exec(fields.get("Zxid") ?? "")?.[0];
    const version = /^[\d.]{1,40}/.exec(fields.get("Zookeeper version") ?? "")?.[0];
    return { kind: "serving", mode, zxid, version };
  }
  if (/^This ZooKeeper instance is not currently serving requests/.test(text)) {
    return { kind: "not-serving" };
  }
  return { kind: "unknown", reason: strange(text) };
}

function strange(text: string): string {
  if (/^srvr is not executed/.test(text)) return "srvr is not in its 4lw.commands.whitelist";
  if (text.trim() === "") return "it hung up without an answer";
  const shown = text.trim().slice(0, MAX_SHOWN).replace(/[^\x20-\x7e]/g, "?");
  return `it answers like no ZooKeeper: ${JSON.stringify(shown)}`;
}
