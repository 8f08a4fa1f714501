import { parseConnectString, type SessionCredentials } from "zookeeper";
import type { SweptWorkload } from "../workload/sweep.ts";
import { isWorkloadId } from "../workload/workload_id.ts";

/** What is needed to end the session of a daemon that is dead. */
export interface SessionRecord {
  /** Connect string of the servers that know the session. */
  quorum: string;
  credentials: SessionCredentials;
  /** What the daemon may have left running. */
  workloads: readonly SweptWorkload[];
}

/** Far more than any record: what is longer is none. */
export const MAX_RECORD_BYTES = 64 * 1024;

const FORMAT = 1;

/** One line: what follows it in a file is the rest of an earlier record, not yet cut off. */
export function encodeRecord({ quorum, credentials, workloads }: SessionRecord): Uint8Array {
  const line = JSON.stringify({
    format: FORMAT,
    quorum,
    sessionId: formatSessionId(credentials.id),
    password: btoa(String.fromCharCode(...credentials.password)),
    workloads,
  });
  return new TextEncoder().encode(`${line}\n`);
}

/**
 * Reads a record; undefined if none was written yet.
 * @throws {SyntaxError} for anything else: whoever writes may have died in the middle of it
 */
export function decodeRecord(bytes: Uint8Array): SessionRecord | undefined {
  if (bytes.length > MAX_RECORD_BYTES) throw new SyntaxError("it is too long");
  const end = bytes.indexOf(0x0a);
  if (bytes.length === 0 || end === 0) return undefined;
  if (end < 0) throw new SyntaxError("its first line has no end");
  const value = parse(bytes.subarray(0, end));
  if (value.format !== FORMAT) throw new SyntaxError("it is not of format 1");
  return {
    quorum: quorumOf(value.quorum),
    credentials: { id: sessionIdOf(value.sessionId), password: passwordOf(value.password) },
    workloads: workloadsOf(value.workloads),
  };
}

/** As ZooKeeper's own tools show it. */
export function formatSessionId(id: bigint): string {
  return `0x${BigInt.asUintN(64, id).toString(16)}`;
}

function parse(bytes: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch (cause) {
    // The message of JSON.parse quotes what it read, and that may be the password.
    if (!(cause instanceof SyntaxError) && !(cause instanceof TypeError)) throw cause;
  }
  throw new SyntaxError("it is not JSON");
}

function quorumOf(value: unknown): string {
  if (typeof value !== "string") throw new SyntaxError("it has no quorum");
  try {
    parseConnectString(value);
  } catch (cause) {
    throw new SyntaxError("its quorum cannot be read", { cause });
  }
  return value;
}

function sessionIdOf(value: unknown): bigint {
  if (typeof value !== "string" || !/^0x[0-9a-f]{1,16}$/.test(value)) {
    throw new SyntaxError("it has no session id");
  }
  const id = BigInt.asIntN(64, BigInt(value));
  // With 0 a server would open a new session.
  if (id === 0n) throw new SyntaxError("its session id is 0");
  return id;
}

function passwordOf(value: unknown): Uint8Array {
  // 16 bytes.
  if (typeof value === "string" && /^[A-Za-z0-9+/]{21}[AQgw]==$/.test(value)) {
    return Uint8Array.from(atob(value), (character) => character.charCodeAt(0));
  }
  throw new SyntaxError("it has no password of a session");
}

function workloadsOf(value: unknown): SweptWorkload[] {
  if (!Array.isArray(value)) throw new SyntaxError("it has no list of workloads");
  return value.map((item) => {
    const { id, cgroup } = (item ?? {}) as Partial<SweptWorkload>;
    const isWorkload = typeof id === "string" && isWorkloadId(id) &&
      (cgroup === undefined || typeof cgroup === "string");
    if (!isWorkload) throw new SyntaxError("it has a workload that is none");
    return { id, cgroup };
  });
}
