import type { Expectation } from "../../../state/entry.ts";
import { isStateError, StateError } from "../../../state/errors.ts";
import { checkName } from "../../../state/state_reader.ts";
import { EXIT_OK, exitCodeOf } from "../../exit_code.ts";
import type { Options } from "../../options.ts";
import { LeaderCalls } from "../../state/leader_calls.ts";
import { stateCommand, type StateRun } from "../../state/run.ts";
import { settle } from "../../state/settlement.ts";
import { versionOption } from "../../state/version_option.ts";
import { UsageError } from "../../usage_error.ts";

export interface RemoveRequest {
  names: readonly string[];
  expect: Expectation | undefined;
}

interface Failure {
  name: string;
  error: StateError;
}

/** Removes entries; those that cannot be removed are named on standard error. */
export const rm = stateCommand({ read: requestOf, act: removeEntries });

function requestOf(options: Options): RemoveRequest {
  const { operands: names } = options;
  names.forEach(checkName);
  const version = versionOption(options, "if-match");
  if (version !== undefined && names.length > 1) {
    throw new UsageError("--if-match takes one name: each entry has versions of its own");
  }
  return { names, expect: version === undefined ? undefined : { version } };
}

export async function removeEntries(
  { names, expect }: RemoveRequest,
  run: StateRun,
): Promise<number> {
  const { context, isJson } = run;
  const removed: string[] = [];
  const failures: Failure[] = [];
  for (const name of names) {
    try {
      await remove(name, expect, run);
      removed.push(name);
      if (!isJson) context.print(`${name}: removed`);
    } catch (error) {
      // What is wrong with one entry is no reason to leave the others.
      if (!isStateError(error, "not-found", "version-mismatch", "broken")) throw error;
      failures.push({ name, error });
      context.printError(`masterd: ${error.message}`);
    }
  }
  if (isJson) context.print(toJson(removed, failures));
  return failures.length === 0 ? EXIT_OK : exitCodeOf(failures[0]!.error);
}

function toJson(removed: readonly string[], failures: readonly Failure[]): string {
  const failed = failures.map(({ name, error: { kind, message, version } }) => ({
    name,
    kind,
    error: message,
    version: version === undefined ? undefined : String(version),
  }));
  return JSON.stringify({ removed, failed });
}

async function remove(
  name: string,
  expect: Expectation | undefined,
  { access, context, signal }: StateRun,
): Promise<void> {
  const calls = new LeaderCalls({ access, signal });
  try {
    const canRepeat = () => true;
    await calls.call(
      (client, { signal }) => client.delete(name, { expect, signal }),
      { canRepeat },
    );
  } catch (error) {
    if (!isStateError(error, "unknown-outcome")) throw error;
    const { leaderSessionId } = calls;
    const look = async (options: { signal: AbortSignal }) =>
      (await access.versions(name, options)).length === 0 ? "gone" : undefined;
    const settlement = await settle({ access, leaderSessionId, look, signal });
    if (settlement.kind !== "done") throw notRemoved(name, settlement.kind, error);
    context.printError(`${error.message}; read back: ${name} is removed`);
  }
}

function notRemoved(name: string, kind: "not-done" | "unknown", cause: StateError): StateError {
  if (kind === "not-done") {
    const message = `${cause.message}; another leads now: ${name} was not removed`;
    return new StateError("not-leading", message, { cause });
  }
  const message = `${cause.message}; whether ${name} was removed is not known: ` +
    "`masterd state ls` tells later";
  return new StateError("unknown-outcome", message, { cause });
}
