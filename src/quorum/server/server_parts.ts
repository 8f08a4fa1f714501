import type { Connection } from "./connection.ts";
import type { Gate } from "./gate.ts";
import type { Ledger } from "./ledger.ts";
import type { LimitedLog } from "./limited_log.ts";
import type { FrameWriter } from "./replies.ts";
import type { Sessions } from "./sessions.ts";
import type { ServerSettings } from "./settings.ts";
import type { ServerStatistics } from "./statistics.ts";

/** What the connections of one server share. */
export interface ServerParts {
  readonly settings: ServerSettings;
  /** Where the data lies. */
  readonly folder: string;
  readonly ledger: Ledger;
  readonly sessions: Sessions;
  readonly gate: Gate;
  readonly frames: FrameWriter;
  readonly statistics: ServerStatistics;
  readonly connections: ReadonlySet<Connection>;
  /** What clients do wrong. */
  readonly clientLog: LimitedLog;
  /** On the monotonic clock. */
  readonly startedAtMs: number;
}
