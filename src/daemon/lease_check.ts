import { ConfigError, type Place, type Problem } from "../config/config_error.ts";
import type { LoadedConfiguration } from "../config/configuration.ts";
import { KEYS } from "../config/keys.ts";
import type { ZooCfg } from "../config/zoo_cfg.ts";
import { leaseBudget, type LeaseTerms } from "../election/lease.ts";

const SESSION_TIMEOUT = KEYS.sessionTimeout.name;
const TICK_TIME = KEYS.tickTime.name;
const STOP_GRACE = KEYS.jobmanagerStopGrace.name;

/** With what no lease can be held as configured, and what may go otherwise than it says. */
export interface LeaseReport {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

type Loaded = Pick<LoadedConfiguration, "configuration" | "places">;

/**
 * The longest stop grace that a lease has room for. A leader's command is asked to stop so long
 * before the lease ends, and while all is well the lease falls to `heldMs` before each renewal: a
 * longer grace would stop a command that does well. A sixth stays free for ZooKeeper to answer in:
 * so much that the default, a quarter of the session timeout, fits whatever the tick.
 */
export function longestStopGrace(terms: LeaseTerms): number {
  return Math.max(0, leaseBudget(terms).heldMs * 5 / 6);
}

/** Compares the times that leases are made of; without ZooKeeper there are no leases. */
export function checkLease(loaded: Loaded): LeaseReport {
  const report = { problems: [] as Problem[], warnings: [] as Problem[] };
  if (!isZooKeeper(loaded)) return report;
  checkTicks(loaded, report);
  checkStopGrace(loaded, report);
  return report;
}

/** What leases are like with these times; none without ZooKeeper. */
export function summarizeLease(
  loaded: Loaded,
): { marginMs: number; heldMs: number; longestStopGraceMs: number } | undefined {
  if (!isZooKeeper(loaded)) return undefined;
  const { zookeeper } = loaded.configuration;
  const { marginMs, heldMs } = leaseBudget(zookeeper);
  return {
    marginMs: Math.ceil(marginMs),
    heldMs: Math.floor(heldMs),
    longestStopGraceMs: Math.floor(longestStopGrace(zookeeper)),
  };
}

/** Throws what is wrong with the times of leases, and returns what is doubtful. */
export function requireLease(loaded: Loaded): readonly Problem[] {
  const { problems, warnings } = checkLease(loaded);
  if (problems.length > 0) throw new ConfigError(problems);
  return warnings;
}

/** Compares the tick that leases are counted with to the one that the file gives its servers. */
export function checkServerTicks(loaded: Loaded, zooCfg: ZooCfg): Problem[] {
  const { tickTimeMs } = loaded.configuration.zookeeper;
  if (!isZooKeeper(loaded) || zooCfg.tickTimeMs <= tickTimeMs) return [];
  const message = `ticks of ${zooCfg.tickTimeMs} ms are longer than ${TICK_TIME}, ` +
    `${tickTimeMs} ms, with which leases are counted: a leader of these servers could believe ` +
    `in its lease for too long; set ${TICK_TIME} to ${zooCfg.tickTimeMs} ms`;
  return [{ file: zooCfg.file, key: "tickTime", message }];
}

function isZooKeeper({ configuration }: Loaded): boolean {
  return configuration.highAvailability.mode.kind === "zookeeper";
}

interface Findings {
  readonly problems: Problem[];
  readonly warnings: Problem[];
}

// A server grants sessions of 2 to 20 of its ticks, unless its own configuration says otherwise.
function checkTicks({ configuration, places }: Loaded, { problems, warnings }: Findings): void {
  const { sessionTimeoutMs, tickTimeMs } = configuration.zookeeper;
  const tickPlace = places.get(TICK_TIME);
  const facts = `servers with ticks of ${tickTimeMs} ms grant sessions of ${2 * tickTimeMs} ms ` +
    `to ${20 * tickTimeMs} ms, and ${SESSION_TIMEOUT} is ${sessionTimeoutMs} ms`;
  if (sessionTimeoutMs < 2 * tickTimeMs && tickPlace !== undefined) {
    const advice = `write at most ${Math.floor(sessionTimeoutMs / 2)} ms, as in the servers' ` +
      `zoo.cfg, or a session timeout of at least ${2 * tickTimeMs} ms`;
    problems.push({ ...tickPlace, key: TICK_TIME, message: `${facts}; ${advice}` });
  } else if (sessionTimeoutMs < 2 * tickTimeMs) {
    const advice = `they will raise it to ${2 * tickTimeMs} ms; write that, or give the servers ` +
      `a smaller tickTime and set ${TICK_TIME} to the same`;
    const place = places.get(SESSION_TIMEOUT);
    warnings.push({ ...place, key: SESSION_TIMEOUT, message: `${facts}: ${advice}` });
  } else if (sessionTimeoutMs > 20 * tickTimeMs && tickPlace !== undefined) {
    const advice = `they will shorten it to ${20 * tickTimeMs} ms unless their ` +
      "maxSessionTimeout allows more";
    warnings.push({ ...tickPlace, key: TICK_TIME, message: `${facts}: ${advice}` });
  }
}

function checkStopGrace(loaded: Loaded, findings: Findings): void {
  const { zookeeper, jobmanager: { command } } = loaded.configuration;
  if (command === undefined) return;
  const { stopGraceMs } = command;
  const place = placeOfGrace(loaded);
  if (stopGraceMs > longestStopGrace(zookeeper)) {
    const message = `${graceFacts(stopGraceMs, zookeeper)}, or a longer ${SESSION_TIMEOUT}`;
    findings.problems.push({ ...place, key: STOP_GRACE, message });
    return;
  }
  const sessionTimeoutMs = Math.min(zookeeper.sessionTimeoutMs, 20 * zookeeper.tickTimeMs);
  const granted = { ...zookeeper, sessionTimeoutMs };
  if (stopGraceMs <= longestStopGrace(granted)) return;
  const message = "if the servers shorten the session timeout to 20 ticks: " +
    `${graceFacts(stopGraceMs, granted)}, or set the servers' maxSessionTimeout`;
  findings.warnings.push({ ...place, key: STOP_GRACE, message });
}

// A grace that nobody wrote comes from the session timeout, and is too long because of that or the tick.
function placeOfGrace({ places }: Loaded): Place | undefined {
  return [STOP_GRACE, SESSION_TIMEOUT, TICK_TIME].map((key) => places.get(key))
    .find((place) => place !== undefined);
}

function graceFacts(stopGraceMs: number, terms: LeaseTerms): string {
  const { sessionTimeoutMs } = terms;
  const { marginMs, heldMs } = leaseBudget(terms);
  const tickTimeMs = Math.min(terms.tickTimeMs, sessionTimeoutMs / 2);
  return `${stopGraceMs} ms do not fit into a lease: with a session timeout of ` +
    `${sessionTimeoutMs} ms, ticks of ${tickTimeMs} ms and a margin of ${Math.ceil(marginMs)} ms ` +
    `a leader is sure of ${Math.floor(heldMs)} ms, and a sixth of that is left for ZooKeeper ` +
    `to answer in; write at most ${Math.floor(longestStopGrace(terms))} ms`;
}
