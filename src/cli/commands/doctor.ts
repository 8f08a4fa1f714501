import { formatHostPort, parseHostPort } from "../../config/host_port.ts";
import { prospectOf } from "../../daemon/doctor/prospect.ts";
import { findingsOf } from "../../daemon/doctor/verdict.ts";
import type { CommandContext } from "../command_context.ts";
import { findFolders, loadFor } from "../configuration_files.ts";
import { examine } from "../doctor/examination.ts";
import { diagnosisJson, formatDiagnosis, isWell } from "../doctor/report.ts";
import { errorMessage } from "../error_message.ts";
import { EXIT_FAILED, EXIT_OK, EXIT_UNREACHABLE } from "../exit_code.ts";
import { Interruption } from "../interruption.ts";
import type { Options } from "../options.ts";
import { styleFor } from "../style.ts";
import { UsageError } from "../usage_error.ts";

/** Says what is wrong with the cluster, and what to do. */
export async function doctor(options: Options, context: CommandContext): Promise<number> {
  const loaded = await loadFor(options, context);
  const name = masterOf(options, loaded.configuration.rest.port);
  using interruption = new Interruption();
  try {
    const folders = findFolders(options, context);
    const { facts, isDark } = await examine(loaded, { folders, signal: interruption.signal });
    const prospect = name === undefined ? undefined : prospectOf(facts, name);
    const diagnosis = { facts, findings: findingsOf(facts), prospect };
    context.print(
      options.flag("json")
        ? diagnosisJson(diagnosis)
        : formatDiagnosis(diagnosis, styleFor(context)),
    );
    if (isDark) return EXIT_UNREACHABLE;
    return isWell(diagnosis) ? EXIT_OK : EXIT_FAILED;
  } catch (error) {
    if (interruption.exitCode === undefined) throw error;
    context.printError(`masterd: ${errorMessage(error)}`);
    return interruption.exitCode;
  }
}

function masterOf({ operands: [text] }: Options, defaultPort: number): string | undefined {
  try {
    return text === undefined ? undefined : formatHostPort(parseHostPort(text, { defaultPort }));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
