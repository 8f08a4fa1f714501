import { parseObject } from "./json_document.ts";
import type { LeaderDetails } from "./leadership.ts";

/** Details together with the leadership they belong to. */
export interface PublishedDetails {
  leaderSessionId: string;
  details: LeaderDetails;
}

/** The JSON document beside Flink's bytes. The epoch is text: it has 64 bits. */
export function encodeDetails({ leaderSessionId, details }: PublishedDetails): Uint8Array {
  const document = { leaderSessionId, ...details, epoch: String(details.epoch) };
  return new TextEncoder().encode(JSON.stringify(document));
}

/**
 * Reads the document of this or another version: fields it does not know do not matter; undefined
 * if one that is needed is missing or of another type.
 */
export function decodeDetails(bytes: Uint8Array): PublishedDetails | undefined {
  const document = parseObject(bytes);
  const { leaderSessionId, host, webuiPort, rpcPort, epoch, version } = document;
  if (typeof leaderSessionId !== "string" || typeof host !== "string") return undefined;
  if (!isPort(webuiPort) || !isPort(rpcPort)) return undefined;
  if (typeof epoch !== "string" || !/^\d{1,19}$/.test(epoch)) return undefined;
  return {
    leaderSessionId,
    details: {
      host,
      webuiPort,
      rpcPort,
      epoch: BigInt(epoch),
      version: typeof version === "string" ? version : "unknown",
    },
  };
}

function isPort(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 65535;
}
