import type { RunEnd } from "./command_end.ts";

/** Why a node stopped trying to run its command. */
export type GiveUpReason = "crash-loop" | "cannot-start" | "not-ready" | "unhealthy";

/** What a status page shows of a command. `restarts` counts within one term. */
export type WorkloadState =
  | { kind: "idle" }
  | { kind: "starting"; restarts: number; lastEnd: RunEnd | undefined }
  | {
    kind: "running";
    pid: number;
    /** For people; nothing is decided by it. */
    startedAt: string;
    isReady: boolean;
    restarts: number;
    lastEnd: RunEnd | undefined;
  }
  | { kind: "stopping"; pid: number }
  | { kind: "waiting"; pauseMs: number; restarts: number; lastEnd: RunEnd }
  | { kind: "cooling-down"; coolDownMs: number; reason: GiveUpReason; lastEnd: RunEnd };
