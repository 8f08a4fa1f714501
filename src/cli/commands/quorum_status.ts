import { delay } from "../../async/delay.ts";
import { ConfigError } from "../../config/config_error.ts";
import { loadZooCfg } from "../../config/conf_file.ts";
import type { ZooCfg } from "../../config/zoo_cfg.ts";
import { localHostTest } from "../../daemon/local_host.ts";
import { type SurveyedServer, surveyQuorum } from "../../daemon/quorum/quorum_survey.ts";
import { judgeQuorum, type QuorumVerdict } from "../../daemon/quorum/quorum_verdict.ts";
import type { CommandContext } from "../command_context.ts";
import { findFolders } from "../configuration_files.ts";
import { errorMessage } from "../error_message.ts";
import { EXIT_FAILED, EXIT_OK, EXIT_TRY_AGAIN } from "../exit_code.ts";
import { Interruption } from "../interruption.ts";
import type { Options } from "../options.ts";
import { table, titlesIn } from "../state/table.ts";
import { styleFor } from "../style.ts";

const MAX_WAIT_SECONDS = 86_400;
/** How long a server may take to answer. */
const ANSWER_LIMIT_MS = 3000;
/** Enough for an answer, also where little time is left. */
const LEAST_LIMIT_MS = 1000;
const PAUSE_MS = 200;
/** How long to wait, with a majority, for servers that are about to join it. */
const JOIN_MS = 3000;

/** Asks every server of zoo.cfg what it is, and says which one leads. */
export async function quorumStatus(options: Options, context: CommandContext): Promise<number> {
  const waitMs = options.durationMs("wait", { maxSeconds: MAX_WAIT_SECONDS });
  const folders = findFolders(options, context);
  const zooCfg = await loadZooCfg(folders.confDir, folders);
  requireServers(zooCfg);
  using interruption = new Interruption();
  try {
    const status = await awaitQuorum(zooCfg, { waitMs, signal: interruption.signal });
    report(status, { isJson: options.flag("json"), context });
    if (status.verdict.hasQuorum) return EXIT_OK;
    return waitMs === undefined || !status.verdict.canChange ? EXIT_FAILED : EXIT_TRY_AGAIN;
  } catch (error) {
    if (interruption.exitCode === undefined) throw error;
    context.printError(`masterd: ${errorMessage(error)}`);
    return interruption.exitCode;
  }
}

interface QuorumStatus {
  servers: readonly SurveyedServer[];
  verdict: QuorumVerdict;
}

async function awaitQuorum(
  zooCfg: ZooCfg,
  { waitMs, signal }: { waitMs: number | undefined; signal: AbortSignal },
): Promise<QuorumStatus> {
  const isLocal = localHostTest();
  const deadline = performance.now() + (waitMs ?? 0);
  let joinDeadline = Infinity;
  while (true) {
    const leftMs = waitMs === undefined ? Infinity : Math.round(deadline - performance.now());
    const limitMs = Math.max(LEAST_LIMIT_MS, Math.min(ANSWER_LIMIT_MS, leftMs));
    const servers = await surveyQuorum(zooCfg, { isLocal, limitMs, signal });
    const verdict = judgeQuorum(zooCfg, servers);
    const { hasQuorum, canChange, isGrowing } = verdict;
    joinDeadline = hasQuorum ? Math.min(joinDeadline, performance.now() + JOIN_MS) : Infinity;
    const isLast = performance.now() + PAUSE_MS >= Math.min(deadline, joinDeadline);
    if (hasQuorum && !isGrowing || !canChange || isLast) return { servers, verdict };
    await delay(PAUSE_MS, { signal });
  }
}

function requireServers({ file, servers }: ZooCfg): void {
  if (servers.length > 0) return;
  const message = "names no server; write server.1=host for each, with ids of their own";
  throw new ConfigError([{ file, message }]);
}

function report(
  { servers, verdict }: QuorumStatus,
  { isJson, context }: { isJson: boolean; context: CommandContext },
): void {
  if (isJson) {
    context.print(toJson({ servers, verdict }));
    return;
  }
  context.print(table(["ID", "HOST", "STATE", ""], servers.map(row), titlesIn(styleFor(context))));
  for (const warning of verdict.warnings) context.printError(`warning: ${warning}`);
  if (verdict.hasQuorum) context.print(verdict.sentence);
  else context.printError(`masterd: ${verdict.sentence}`);
}

function row({ id, host, address, state }: SurveyedServer): string[] {
  const reason = "reason" in state ? `: ${state.reason}` : "";
  return [String(id), host, stateName(state), `${address ?? ""}${reason}`.replace(/^: /, "")];
}

function stateName(state: SurveyedServer["state"]): string {
  return state.kind === "serving" ? state.mode : state.kind.replace("-", " ");
}

function toJson({ servers, verdict }: QuorumStatus): string {
  const { hasQuorum, leader, sentence: message, warnings } = verdict;
  return JSON.stringify({
    hasQuorum,
    leader: leader?.id ?? null,
    message,
    warnings,
    servers: servers.map(({ id, host, isObserver, address, state }) => ({
      id,
      host,
      address: address ?? null,
      isObserver,
      state: stateName(state),
      reason: "reason" in state ? state.reason : undefined,
      zxid: "zxid" in state ? state.zxid : undefined,
      version: "version" in state ? state.version : undefined,
    })),
  });
}
