import { withLimit } from "../../async/abortable.ts";
import { formatHostPort, type HostPort, parseHostPort } from "../../config/host_port.ts";
import { call } from "../../http/call.ts";
import { StateError } from "../../state/errors.ts";
import type { CommandContext } from "../command_context.ts";
import { loadFor } from "../configuration_files.ts";
import { errorMessage } from "../error_message.ts";
import { follow } from "../events/follow.ts";
import { eventJson, eventLine, parseJournal, type ReadEvent } from "../events/journal_text.ts";
import { JournalSource } from "../events/source.ts";
import { EXIT_OK } from "../exit_code.ts";
import { Interruption } from "../interruption.ts";
import type { Options } from "../options.ts";
import { printable } from "../state/text.ts";
import { failureText } from "../status/failure_text.ts";
import { UsageError } from "../usage_error.ts";

const ASK_LIMIT_MS = 5000;
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** Prints the journal of the leader, or of the master named; with `--follow` each new event, too. */
export async function events(options: Options, context: CommandContext): Promise<number> {
  const { configuration } = await loadFor(options, context);
  const named = masterOf(options, configuration.rest.port);
  const show = lineWriter(options, context);
  using interruption = new Interruption();
  const { signal } = interruption;
  try {
    await using source = await JournalSource.open(named, configuration, signal);
    if (options.flag("follow")) {
      const say = (text: string) => context.printError(`masterd: ${printable(text)}`);
      await follow({ masters: (signal) => source.masters(signal), show, say }, signal);
    } else {
      for (const event of await readJournal(await source.first(signal), signal)) {
        if (!await show(event)) break;
      }
    }
    return interruption.exitCode ?? EXIT_OK;
  } catch (error) {
    if (interruption.exitCode === undefined) throw error;
    context.printError(`masterd: ${errorMessage(error)}`);
    return interruption.exitCode;
  }
}

function masterOf({ operands: [text] }: Options, defaultPort: number): HostPort | undefined {
  if (text === undefined) return undefined;
  try {
    return parseHostPort(text, { defaultPort });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

async function readJournal(master: HostPort, signal: AbortSignal): Promise<ReadEvent[]> {
  const name = formatHostPort(master);
  const url = `http://${name}/api/v1/journal`;
  const ask = (signal: AbortSignal) =>
    call(url, { method: "GET", maxBytes: MAX_ANSWER_BYTES, signal });
  try {
    const limit = { act: `Asking ${name}`, timeoutMs: ASK_LIMIT_MS, signal };
    const { status, body } = await withLimit(ask, limit);
    const read = parseJournal(body);
    if (read !== undefined) return read;
    throw new Error(`it has no journal (HTTP ${status})`);
  } catch (cause) {
    signal.throwIfAborted();
    const message = `The journal of ${name} cannot be read: ${failureText(cause)}`;
    throw new StateError("unavailable", message, { cause });
  }
}

function lineWriter(
  options: Options,
  { output }: CommandContext,
): (event: ReadEvent) => Promise<boolean> {
  const encoder = new TextEncoder();
  const describe = options.flag("json") ? eventJson : eventLine;
  return (event) => output.write(encoder.encode(`${describe(event)}\n`));
}
