import { withLimit } from "../../async/abortable.ts";
import { AnySignal } from "../../async/any_signal.ts";
import { formatHostPort, type HostPort } from "../../config/host_port.ts";
import { call } from "../../http/call.ts";
import { failureText } from "./failure_text.ts";
import { type MasterStatus, parseMasterStatus, shown } from "./master_status.ts";

/** What came of asking for the status of a master. */
export type MasterAnswer =
  | { kind: "master"; status: MasterStatus; heard?: Heard }
  /** Somebody answers, but not a master of this cluster. */
  | { kind: "foreign"; fact: string }
  | { kind: "unreachable"; cause: string };

/** All that a master said, and when, by the wall clock here: for the doctor. */
export interface Heard {
  document: unknown;
  askedAt: number;
  heardAt: number;
}

/** All the addresses of a host. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

export interface AskOptions {
  clusterId: string;
  resolve: ResolveHost;
  limitMs: number;
  signal: AbortSignal;
}

/** A leader with 10,000 workers has much to tell. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const MAX_ADDRESSES = 4;

/** Asks what serves the web UI at a place; rejects with the signal's reason only. */
export async function askMaster(place: HostPort, options: AskOptions): Promise<MasterAnswer> {
  const { limitMs: timeoutMs, signal } = options;
  const act = `Asking ${formatHostPort(place)}`;
  const ask = (limited: AbortSignal) => askAddresses(place, { ...options, signal: limited });
  try {
    return await withLimit(ask, { act, timeoutMs, signal });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    return { kind: "unreachable", cause: failureText(error) };
  }
}

// Side by side: Deno.connect would try the first address only, and that may lead nowhere.
async function askAddresses(
  { host, port }: HostPort,
  options: AskOptions,
): Promise<MasterAnswer> {
  const addresses = (await options.resolve(host)).slice(0, MAX_ADDRESSES);
  const done = new AbortController();
  using either = new AnySignal([options.signal, done.signal]);
  const { signal } = either;
  try {
    const answers = addresses.map((address) =>
      askOne({ host: address, port }, { ...options, signal })
    );
    return await firstMaster(answers);
  } finally {
    done.abort();
  }
}

/** The answer of a master; if there is none, another answer, or else the first failure. */
async function firstMaster(answers: readonly Promise<MasterAnswer>[]): Promise<MasterAnswer> {
  const masters = answers.map(async (answer) => {
    const { kind } = await answer;
    if (kind !== "master") throw new Error("not a master");
    return await answer;
  });
  const first = await Promise.any(masters).catch(() => undefined);
  if (first !== undefined) return first;
  const ends = await Promise.allSettled(answers);
  const foreign = ends.find((end) => end.status === "fulfilled");
  if (foreign !== undefined) return foreign.value;
  throw ends.find((end) => end.status === "rejected")?.reason ?? new Error("it has no address");
}

async function askOne(
  place: HostPort,
  { clusterId, signal }: AskOptions,
): Promise<MasterAnswer> {
  const url = `http://${formatHostPort(place)}/api/v1/status`;
  const askedAt = Date.now();
  const { status, body } = await call(url, { method: "GET", maxBytes: MAX_ANSWER_BYTES, signal });
  const master = parseMasterStatus(body);
  if (master === undefined) {
    return { kind: "foreign", fact: `what answers there is no master (HTTP ${status})` };
  }
  // Its texts are made printable and short, the id of this cluster too.
  if (master.clusterId === shown(clusterId)) {
    return {
      kind: "master",
      status: master,
      heard: { document: body, askedAt, heardAt: Date.now() },
    };
  }
  return { kind: "foreign", fact: `a master of the cluster ${master.clusterId} answers there` };
}
