import type { CommandContext } from "../command_context.ts";
import { loadFor } from "../configuration_files.ts";
import { errorMessage } from "../error_message.ts";
import { EXIT_FAILED, EXIT_OK, EXIT_TRY_AGAIN, EXIT_UNREACHABLE } from "../exit_code.ts";
import { Interruption } from "../interruption.ts";
import type { Options } from "../options.ts";
import { ClusterLook } from "../status/cluster_look.ts";
import { isDark } from "../status/problems.ts";
import { type Findings, formatJson, formatRoles, formatTables } from "../status/report.ts";
import { styleFor } from "../style.ts";
import { lookOnce, lookUntilWell, WaitingLine } from "../status/waiting.ts";
import { watchCluster } from "../status/watching.ts";
import { UsageError } from "../usage_error.ts";

const MAX_WAIT_SECONDS = 86_400;

/** Prints how it stands with the whole cluster. */
export async function status(options: Options, context: CommandContext): Promise<number> {
  const waitMs = options.durationMs("wait", { maxSeconds: MAX_WAIT_SECONDS });
  if (options.flag("watch") && (waitMs !== undefined || options.flag("roles"))) {
    throw new UsageError("--watch goes with neither --wait nor --roles");
  }
  const { configuration } = await loadFor(options, context);
  using interruption = new Interruption();
  const { signal } = interruption;
  try {
    await using cluster = await ClusterLook.open(configuration, { signal });
    if (options.flag("watch")) {
      await watchCluster(cluster, { isJson: options.flag("json"), context, signal });
      return interruption.exitCode ?? EXIT_OK;
    }
    const findings = await find(cluster, { waitMs, context, signal });
    const code = exitCode(findings, { waitMs, isForRoles: options.flag("roles") });
    print(findings, options, context);
    if (code !== EXIT_OK && !options.flag("json")) printProblems(findings, { waitMs, context });
    return code;
  } catch (error) {
    if (interruption.exitCode === undefined) throw error;
    context.printError(`masterd: ${errorMessage(error)}`);
    return interruption.exitCode;
  }
}

async function find(
  cluster: ClusterLook,
  { waitMs, context, signal }: {
    waitMs: number | undefined;
    context: CommandContext;
    signal: AbortSignal;
  },
): Promise<Findings> {
  if (waitMs === undefined) return await lookOnce(cluster, { signal });
  using line = new WaitingLine(context.terminal);
  const onFindings = (findings: Findings) => line.show(findings);
  return await lookUntilWell(cluster, { waitMs, onFindings, signal });
}

function print(findings: Findings, options: Options, context: CommandContext): void {
  if (options.flag("json")) context.print(formatJson(findings));
  else if (options.flag("roles")) context.print(formatRoles(findings));
  else {
    context.print(formatTables(findings, styleFor(context)));
    for (const note of findings.notes) context.printError(`masterd: note: ${note}`);
  }
}

function printProblems(
  { problems }: Findings,
  { waitMs, context }: { waitMs: number | undefined; context: CommandContext },
): void {
  for (const { message } of problems) context.printError(`masterd: ${message}`);
  if (waitMs === undefined) return;
  context.printError(`masterd: not all is well within ${waitMs / 1000} s`);
}

function exitCode(
  { picture, problems }: Findings,
  { waitMs, isForRoles }: { waitMs: number | undefined; isForRoles: boolean },
): number {
  if (problems.length === 0) return EXIT_OK;
  if (waitMs !== undefined) return EXIT_TRY_AGAIN;
  if (isDark(picture)) return EXIT_UNREACHABLE;
  return isForRoles ? EXIT_OK : EXIT_FAILED;
}
