import { resolveHost } from "zookeeper";
import { abortable, withLimit } from "../../async/abortable.ts";
import { formatHostPort, type HostPort } from "../../config/host_port.ts";
import { clientListener, type ZooCfg, type ZooServer } from "../../config/zoo_cfg.ts";
import { isLoopback, isWildcard } from "../../config/zoo_ports.ts";
import { describeError } from "../../log/logger.ts";
import { parseServerAnswer, type ServerState } from "./server_answer.ts";
import { askServer } from "./server_question.ts";

/** A server of zoo.cfg and what it says of itself. */
export interface SurveyedServer {
  readonly id: number;
  readonly host: string;
  readonly isObserver: boolean;
  /** Where it was asked, `host:port`. */
  readonly address?: string;
  readonly state: ServerState;
}

export interface SurveyOptions {
  isLocal: (host: string) => boolean;
  /** How long a server may take to accept and answer. */
  limitMs: number;
  signal: AbortSignal;
}

/** Asks all servers at once; rejects only if the signal aborts. */
export async function surveyQuorum(
  zooCfg: ZooCfg,
  options: SurveyOptions,
): Promise<SurveyedServer[]> {
  const survey = zooCfg.servers.map(async (server): Promise<SurveyedServer> => {
    const { id, host, isObserver } = server;
    const target = await targetOf(server, zooCfg, options);
    if ("reason" in target) {
      return { id, host, isObserver, state: { kind: "not-asked", ...target } };
    }
    const state = await stateOf(target, options);
    return { id, host, isObserver, address: formatHostPort(target), state };
  });
  return await Promise.all(survey);
}

/** Asks one server what it is; rejects only if the signal aborts. */
export async function stateOf(
  { host, port }: HostPort,
  options: Pick<SurveyOptions, "limitMs" | "signal">,
): Promise<ServerState> {
  const { limitMs: timeoutMs, signal } = options;
  let answer;
  try {
    answer = await withLimit(
      (signal) => askServer({ hostname: host, port }, "srvr", { signal }),
      { act: "Asking", timeoutMs, signal },
    );
  } catch (error) {
    signal.throwIfAborted();
    const isLate = error instanceof DOMException && error.name === "TimeoutError";
    const reason = isLate ? `no answer within ${timeoutMs / 1000} s` : describeError(error);
    return { kind: "unreachable", reason };
  }
  return parseServerAnswer(answer);
}

/**
 * Where a server answers. The address that the file gives for all of them means another place on each
 * host, so it serves for those of this machine only.
 */
async function targetOf(
  server: ZooServer,
  zooCfg: ZooCfg,
  options: SurveyOptions,
): Promise<HostPort | { reason: string }> {
  const listener = clientListener(zooCfg, server);
  if (listener === undefined) return { reason: "serves clients over TLS only (secureClientPort)" };
  const { host, port } = listener;
  if (host === undefined || isWildcard(host)) return { host: server.host, port };
  if (await isHere(server.host, options)) return { host, port };
  if (isLoopback(host)) return { reason: `serves clients at ${host} of its own host only` };
  return { host: server.client?.host ?? server.host, port };
}

// A host may be known here by a name that is not its own.
async function isHere(
  host: string,
  { isLocal, limitMs: timeoutMs, signal }: SurveyOptions,
): Promise<boolean> {
  if (isLocal(host)) return true;
  try {
    const addresses = await withLimit(
      (signal) => abortable(resolveHost(host), signal),
      { act: "Resolving", timeoutMs, signal },
    );
    return addresses.some(isLocal);
  } catch {
    signal.throwIfAborted();
    return false;
  }
}
