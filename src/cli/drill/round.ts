/** What came of one round. */
export type RoundEnd =
  | {
    kind: "done";
    act: "switchover" | "kill";
    /** Who led, and who leads now: `host:port`. */
    from: string;
    to: string;
    /** The new leader's; undefined if it is no masterd. */
    epoch: bigint | undefined;
    /** How long nobody could be found as the leader; undefined if that could not be measured. */
    gapMs: number | undefined;
  }
  | { kind: "bad"; reason: string };

/** A leader as the masters file names it. */
export interface DrilledLeader {
  name: string;
  host: string;
  port: number;
  pid: number;
  leaderSessionId: string;
}
