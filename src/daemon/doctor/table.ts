import { ELECTION_VERDICTS } from "./election_verdicts.ts";
import { HOST_VERDICTS } from "./host_verdicts.ts";
import { MASTER_VERDICTS } from "./master_verdicts.ts";
import type { Severity, VerdictEntry } from "./verdict_entry.ts";
import { ZOOKEEPER_VERDICTS } from "./zookeeper_verdicts.ts";

const ORDER: readonly Severity[] = ["critical", "warning", "ok"];

/** Everything that can be said of a cluster, the worst first, and of the equally bad the cause first. */
export const VERDICTS: readonly VerdictEntry[] = [
  ...ZOOKEEPER_VERDICTS,
  ...ELECTION_VERDICTS,
  ...HOST_VERDICTS,
  ...MASTER_VERDICTS,
].sort((one, other) => ORDER.indexOf(one.severity) - ORDER.indexOf(other.severity));
