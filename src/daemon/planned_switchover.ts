import { isFinal, type SessionEvent, ZooKeeper } from "zookeeper";
import { withLimit } from "../async/abortable.ts";
import type { Configuration } from "../config/configuration.ts";
import { electionLayout } from "../election/layout.ts";
import type { LeaderInformation } from "../election/leadership.ts";
import {
  prepareSwitchover,
  type SettlingLimits,
  switchOver,
  type SwitchoverOutcome,
} from "../election/switchover/operation.ts";
import type { Refusal, SwitchoverPlan } from "../election/switchover/plan.ts";
import { describeError } from "../log/logger.ts";
import { StateError } from "../state/errors.ts";
import { clientOptions, nodeAcl } from "./high_availability/zookeeper_access.ts";
import { StartError } from "./start_error.ts";

export interface PlannedSwitchoverOptions {
  /** The master that is to lead, `host:port`; the first standby if left out. */
  to: string | undefined;
  timeoutMs: number;
  /** Told before anything is changed. */
  onPlan: (plan: SwitchoverPlan) => void;
  signal: AbortSignal;
}

export type PlannedSwitchover =
  | { kind: "leads-already"; leader: LeaderInformation }
  | { kind: "refused"; refusal: Refusal }
  | { kind: "session-lost"; plan: SwitchoverPlan; error: Error }
  | { plan: SwitchoverPlan } & Exclude<SwitchoverOutcome, { kind: "refused" }>;

/** How long to try to reach ZooKeeper. */
const CONNECT_LIMIT_MS = 10_000;

/**
 * Gives leadership from the master that leads to another, with a session of its own.
 * @throws {StartError} if that cannot be asked for | {StateError} unavailable: ZooKeeper cannot be reached
 */
export async function planAndSwitchOver(
  configuration: Configuration,
  { to, timeoutMs, onPlan, signal }: PlannedSwitchoverOptions,
): Promise<PlannedSwitchover> {
  const { highAvailability: { mode }, zookeeper } = configuration;
  if (mode.kind !== "zookeeper") {
    throw new StartError("A switchover needs high-availability: zookeeper in the configuration");
  }
  const layout = electionLayout(zookeeper.namespace);
  await using zk = await reach(configuration, signal);
  const planning = await prepareSwitchover(zk, { layout, to, signal });
  if (planning.kind !== "plan") return planning;
  const { plan } = planning;
  onPlan(plan);
  const settling = settlingLimits(configuration);
  try {
    const acl = nodeAcl(zookeeper);
    const outcome = await switchOver(zk, plan, { layout, acl, timeoutMs, settling, signal });
    return outcome.kind === "refused" ? outcome : { plan, ...outcome };
  } catch (error) {
    if (signal.aborted || !isFinal(zk.state)) throw error;
    return { kind: "session-lost", plan, error: error as Error };
  }
}

async function reach(
  { zookeeper }: Configuration,
  signal: AbortSignal,
): Promise<ZooKeeper> {
  let lastError = "";
  const onEvent = (event: SessionEvent) => {
    if (event.kind === "attempt-failed") lastError = `: ${describeError(event.error)}`;
  };
  const zk = new ZooKeeper(zookeeper.quorum, { ...clientOptions(zookeeper), onEvent });
  try {
    await withLimit((limited) => zk.connected({ signal: limited }), {
      act: "Connecting",
      timeoutMs: CONNECT_LIMIT_MS,
      signal,
    });
    return zk;
  } catch (cause) {
    await zk.close({ limitMs: 0 });
    if (signal.aborted) throw signal.reason;
    const message = `Cannot reach ZooKeeper at ${zookeeper.quorum}${lastError}`;
    throw new StateError("unavailable", message, { cause });
  }
}

// A leader ends its command within its lease. The next one may have to wait for the end of a session,
// and then for its own command.
function settlingLimits({ zookeeper, jobmanager }: Configuration): SettlingLimits {
  const { sessionTimeoutMs, tickTimeMs } = zookeeper;
  const { ready, readyTimeoutMs } = jobmanager.command ?? {};
  const startMs = ready === undefined ? 0 : readyTimeoutMs ?? 0;
  return {
    handoverMs: sessionTimeoutMs,
    leaderMs: 2 * (sessionTimeoutMs + tickTimeMs) + startMs,
  };
}
