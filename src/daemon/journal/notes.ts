import type { LeaderInformation } from "../../election/leadership.ts";
import type { Pause } from "../../election/pause.ts";
import { formatHostPort } from "../../config/host_port.ts";
import type { Role } from "../../http/status.ts";
import type { WorkloadState } from "../../workload/workload_state.ts";
import type { ConnectionState } from "../high_availability/services.ts";
import type { JournalDetails } from "./journal.ts";

/** What the journal says of a change. */
export interface Note {
  message: string;
  details?: JournalDetails;
}

const ROLES: Readonly<Record<Role, string>> = {
  starting: "starts",
  standby: "stands by",
  leader: "leads",
  stopping: "stops",
};

export function roleNote(role: Role, epoch: string): Note {
  const details: JournalDetails = role === "leader" ? { role, epoch } : { role };
  return { message: ROLES[role], details };
}

/** Nothing is said of the time before a first leader is known. */
export function leaderNote(
  leader: LeaderInformation | undefined,
  before: LeaderInformation | undefined,
): Note | undefined {
  if (leader === undefined) {
    return before === undefined ? undefined : { message: "nobody is known to lead" };
  }
  const { address, details } = leader;
  if (details === undefined) return { message: `${address} leads, which is no masterd` };
  const name = formatHostPort({ host: details.host, port: details.webuiPort });
  return {
    message: `${name} leads`,
    details: { leader: name, epoch: String(details.epoch) },
  };
}

export function connectionNote(
  connection: ConnectionState,
  before: ConnectionState | undefined,
): Note | undefined {
  if (connection.kind === before?.kind) return undefined;
  switch (connection.kind) {
    case "none":
      return undefined;
    case "connecting":
      return before && { message: "opens a new session with ZooKeeper" };
    case "connected": {
      const { server, sessionId } = connection;
      return { message: "connected to ZooKeeper", details: { server, sessionId } };
    }
    case "suspended":
      return {
        message: "lost the connection to ZooKeeper; the session may live",
        details: { sessionId: connection.sessionId },
      };
    case "lost":
      return {
        message: "the session with ZooKeeper is over",
        details: { reason: connection.lastError ?? null },
      };
  }
}

export function commandNote(
  command: WorkloadState,
  before: WorkloadState | undefined,
): Note | undefined {
  if (command.kind === before?.kind && isReady(command) === isReady(before)) return undefined;
  switch (command.kind) {
    case "idle":
      return before && { message: "the command does not run" };
    case "starting":
      return { message: "the command starts", details: { restarts: command.restarts } };
    case "running": {
      const { pid, restarts } = command;
      const fact = command.isReady ? "is ready" : "runs, and is not ready yet";
      return { message: `the command ${fact}`, details: { pid, restarts } };
    }
    case "stopping":
      return { message: "the command is told to stop", details: { pid: command.pid } };
    case "waiting": {
      const { pauseMs, restarts } = command;
      return { message: "the command ended, and is started again", details: { pauseMs, restarts } };
    }
    case "cooling-down": {
      const { coolDownMs, reason } = command;
      return { message: "gives up on the command for a while", details: { reason, coolDownMs } };
    }
  }
}

export function pauseNote(
  pause: Pause | undefined,
  before: Pause | undefined,
): Note | undefined {
  if (pause === undefined) return before && { message: "failovers go on" };
  const { by, reason } = pause;
  return { message: `failovers are paused by ${by}`, details: { by, reason } };
}

function isReady(command: WorkloadState | undefined): boolean {
  return command?.kind === "running" && command.isReady;
}
