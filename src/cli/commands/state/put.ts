import type { Entry, EntryVersion, Expectation } from "../../../state/entry.ts";
import { isStateError, StateError } from "../../../state/errors.ts";
import { checkName } from "../../../state/state_reader.ts";
import { type Measure, measured } from "../../../state/verified_content.ts";
import { EXIT_OK } from "../../exit_code.ts";
import type { Options } from "../../options.ts";
import { entryJson } from "../../state/json.ts";
import { LeaderCalls } from "../../state/leader_calls.ts";
import { openProgress, type Progress, showing } from "../../state/progress.ts";
import { stateCommand, type StateRun } from "../../state/run.ts";
import { settle } from "../../state/settlement.ts";
import { openSource, type Source } from "../../state/source.ts";
import { counted } from "../../state/table.ts";
import { versionOption } from "../../state/version_option.ts";
import { UsageError } from "../../usage_error.ts";

export interface PutRequest {
  name: string;
  /** `-` or left out: standard input. */
  path: string | undefined;
  expect: Expectation | undefined;
}

/** Stores a file, or standard input, as an entry. */
export const put = stateCommand({ read: requestOf, act: putEntry });

function requestOf(options: Options): PutRequest {
  const { operands: [name = "", given] } = options;
  checkName(name);
  // Deno wants all rights for it.
  const path = given === "/dev/stdin" ? "-" : given;
  const version = versionOption(options, "if-match");
  const isNew = options.flag("if-absent");
  if (isNew && version !== undefined) {
    throw new UsageError("--if-match and --if-absent exclude each other");
  }
  const expect = isNew ? "absent" : version === undefined ? undefined : { version };
  return { name, path, expect };
}

export async function putEntry(request: PutRequest, run: StateRun): Promise<number> {
  const { context, isJson } = run;
  const source = await openSource(request.path, context);
  const { entry, isNew } = await store(request, source, run);
  const { name, version, length } = entry;
  if (isJson) context.print(JSON.stringify({ ...entryJson(entry), isNew }));
  else context.print(`${name}: version ${version}, ${counted(length, "byte")}`);
  return EXIT_OK;
}

interface Stored {
  entry: Entry;
  isNew: boolean;
}

async function store(request: PutRequest, source: Source, run: StateRun): Promise<Stored> {
  const { access, signal } = run;
  const { name } = request;
  const [before] = await access.versions(name, { signal });
  const calls = new LeaderCalls({ access, signal });
  const upload: { measure?: Measure } = {};
  try {
    using progress = await openProgress(`put ${name}`, run);
    const { entry, isNew } = await send(request, { source, progress, upload, calls });
    if (isSame(entry, upload.measure)) return { entry, isNew };
    const message = `${name} was damaged on its way: version ${entry.version} is not what was sent`;
    throw new StateError("broken", message);
  } catch (error) {
    if (!isStateError(error, "unknown-outcome")) throw error;
    return await readBack(name, { before, upload, calls, error, run });
  }
}

function send(
  { name, expect }: PutRequest,
  { source, progress, upload, calls }: {
    source: Source;
    progress: Progress;
    /** Told what was sent, once all of it was. */
    upload: { measure?: Measure };
    calls: LeaderCalls;
  },
): Promise<Stored> {
  const { length } = source;
  const content = (signal: AbortSignal) => {
    const shown = showing(source.pieces({ signal }), { progress, total: length });
    const onEnd = (measure: Measure) => void (upload.measure = measure);
    return measured(shown, { maxBytes: Infinity, onEnd, signal });
  };
  return calls.call(
    (client, { signal }) => client.put(name, content(signal), { length, expect, signal }),
    { canRepeat: () => source.canRepeat() },
  );
}

/** Finds out what became of a write whose answer was lost. */
async function readBack(
  name: string,
  { before, upload, calls, error, run: { access, context, signal } }: {
    before: EntryVersion | undefined;
    upload: { measure?: Measure };
    calls: LeaderCalls;
    error: StateError;
    run: StateRun;
  },
): Promise<Stored> {
  const isOurs = (version: EntryVersion) =>
    (before === undefined || version.version > before.version) && isSame(version, upload.measure);
  const { leaderSessionId } = calls;
  const look = async (options: { signal: AbortSignal }) =>
    (await access.versions(name, options)).find(isOurs);
  const settlement = await settle({ access, leaderSessionId, look, signal });
  if (settlement.kind !== "done") throw notStored(name, settlement.kind, error);
  context.printError(`${error.message}; read back: ${name} was stored`);
  return { entry: { name, ...settlement.result }, isNew: before === undefined };
}

function notStored(name: string, kind: "not-done" | "unknown", cause: StateError): StateError {
  if (kind === "not-done") {
    const message = `${cause.message}; another leads now: ${name} was not stored`;
    return new StateError("not-leading", message, { cause });
  }
  const message = `${cause.message}; whether ${name} was stored is not known: ` +
    `\`masterd state history ${name}\` tells later`;
  return new StateError("unknown-outcome", message, { cause });
}

function isSame(version: Measure, measure: Measure | undefined): boolean {
  return version.length === measure?.length && version.sha256 === measure.sha256;
}
