import { parseObject } from "../json_document.ts";

/** A planned switchover, as the operator asks for it. */
export interface SwitchoverRequest {
  /** UUID of this switchover. */
  id: string;
  /** Who is to lead, by the place that it has in the queue. */
  target: { participant: string; latchName: string };
  /** Participant of the leader that is to hand over. */
  from: string;
  /** How long others step aside for it; each counts from when it first saw the request. */
  timeoutMs: number;
}

/** The version of the documents; those of another version are passed over. */
const FORMAT = 1;

/** No request keeps anybody out of the queue for longer. */
export const MAX_SWITCHOVER_MS = 600_000;

/** The JSON document of the request. */
export function encodeRequest(request: SwitchoverRequest): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ format: FORMAT, ...request }));
}

/** Reads a request; undefined for anything else. A time that is too long is cut. */
export function decodeRequest(bytes: Uint8Array): SwitchoverRequest | undefined {
  const { format, id, target, from, timeoutMs } = parseObject(bytes);
  if (format !== FORMAT || !isText(id) || !isText(from)) return undefined;
  if (typeof target !== "object" || target === null) return undefined;
  const { participant, latchName } = target as Record<string, unknown>;
  if (!isText(participant) || !isText(latchName)) return undefined;
  if (typeof timeoutMs !== "number" || !(timeoutMs > 0)) return undefined;
  return {
    id,
    target: { participant, latchName },
    from,
    timeoutMs: Math.min(timeoutMs, MAX_SWITCHOVER_MS),
  };
}

/** The JSON document by which a target says that it is ready for the switchover of this id. */
export function encodeReady(id: string): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ format: FORMAT, id }));
}

/** The id of the switchover that somebody is ready for; undefined for anything else. */
export function decodeReady(bytes: Uint8Array): string | undefined {
  const { format, id } = parseObject(bytes);
  return format === FORMAT && isText(id) ? id : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
