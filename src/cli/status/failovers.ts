import { withLimit } from "../../async/abortable.ts";
import { formatHostPort, type HostPort } from "../../config/host_port.ts";
import { call } from "../../http/call.ts";
import { table, titlesIn } from "../state/table.ts";
import type { Style } from "../style.ts";
import type { ResolveHost } from "./master_call.ts";
import { shown } from "./master_status.ts";

/** A leadership, and what it cost to begin it; every text of it can be printed. */
export interface Failover {
  epoch: string;
  host: string;
  port: number | null;
  publishedAt: string;
  endedAt: string | null;
  /** How long nobody led before it; null if nobody measured it. */
  gapMs: number | null;
  /** Why the leadership before it ended. */
  cause: string;
}

const SHOWN = 5;
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** Asks a master for the last leaderships; undefined if it does not tell, rejects with the signal's reason only. */
export async function askFailovers(
  { host, port }: HostPort,
  { resolve, limitMs: timeoutMs, signal }: {
    resolve: ResolveHost;
    limitMs: number;
    signal: AbortSignal;
  },
): Promise<readonly Failover[] | undefined> {
  const ask = async (limited: AbortSignal) => {
    for (const address of await resolve(host)) {
      const url = `http://${formatHostPort({ host: address, port })}/api/v1/cluster`;
      const options = { method: "GET", maxBytes: MAX_ANSWER_BYTES, signal: limited } as const;
      const answer = await call(url, options).catch(() => undefined);
      if (answer?.status === 200) return parseFailovers(answer.body);
    }
  };
  try {
    return await withLimit(ask, { act: "Asking for the last failovers", timeoutMs, signal });
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

/** Reads the document of this or another version; passes over what it does not understand. */
export function parseFailovers(document: unknown): readonly Failover[] | undefined {
  const { history } = fields(document);
  if (!Array.isArray(history)) return undefined;
  return history.slice(0, SHOWN).flatMap((entry) => {
    const { epoch, host, port, publishedAt, endedAt, gapMs, cause } = fields(entry);
    if (typeof host !== "string" || typeof publishedAt !== "string") return [];
    return [{
      epoch: textOr("?", epoch),
      host: shown(host),
      port: numberOr(null, port),
      publishedAt: shown(publishedAt),
      endedAt: typeof endedAt === "string" ? shown(endedAt) : null,
      gapMs: numberOr(null, gapMs),
      cause: textOr("unknown", cause),
    }];
  });
}

/** A line per leadership, newest first. */
export function failoverTable(failovers: readonly Failover[], style: Style): string {
  const rows = failovers.map(({ host, port, epoch, publishedAt, gapMs, cause }) => [
    port === null ? host : formatHostPort({ host, port }),
    epoch,
    publishedAt,
    gapMs === null ? "-" : `${Math.round(gapMs)} ms`,
    cause,
  ]);
  return table(["LED BY", "EPOCH", "FROM", "GAP BEFORE", "CAUSE"], rows, titlesIn(style));
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}

function textOr(otherwise: string, value: unknown): string {
  return typeof value === "string" ? shown(value) : otherwise;
}

function numberOr<T>(otherwise: T, value: unknown): number | T {
  return typeof value === "number" && Number.isFinite(value) ? value : otherwise;
}
