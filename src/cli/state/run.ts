import { AnySignal } from "../../async/any_signal.ts";
import { ConfigError } from "../../config/config_error.ts";
import type { Configuration, LoadedConfiguration } from "../../config/configuration.ts";
import type { CommandAction } from "../command.ts";
import type { CommandContext } from "../command_context.ts";
import { loadFor } from "../configuration_files.ts";
import { errorMessage } from "../error_message.ts";
import { Interruption } from "../interruption.ts";
import type { Options } from "../options.ts";
import { TimeIsUpError } from "../time_is_up_error.ts";
import type { StateAccess } from "./access.ts";

/** What a command of the state works with. */
export interface StateRun {
  access: StateAccess;
  context: CommandContext;
  isJson: boolean;
  /** Aborts when the command is interrupted, or its time is up. */
  signal: AbortSignal;
}

export interface StateCommand<R> {
  /** Understands the command line, before anything is read or asked. */
  read: (options: Options, context: CommandContext) => R;
  act: (request: R, run: StateRun) => Promise<number>;
}

const MAX_TIMEOUT_SECONDS = 86_400;

/** Gives a command of the state what it works with, and an end in order. */
export function stateCommand<R>({ read, act }: StateCommand<R>): CommandAction {
  return async (options, context) => {
    const request = read(options, context);
    const timeoutMs = options.durationMs("timeout", { maxSeconds: MAX_TIMEOUT_SECONDS });
    const configuration = configurationOf(await loadFor(options, context));
    using interruption = new Interruption();
    using limit = new Limit(timeoutMs);
    using stopped = new AnySignal([interruption.signal, limit.signal]);
    try {
      await using access = await open(configuration, stopped.signal);
      using either = new AnySignal([stopped.signal, access.lost]);
      const { signal } = either;
      return await act(request, { access, context, isJson: options.flag("json"), signal });
    } catch (error) {
      if (interruption.exitCode === undefined) throw error;
      context.printError(`masterd: ${errorMessage(error)}`);
      return interruption.exitCode;
    }
  };
}

async function open(configuration: Configuration, signal: AbortSignal): Promise<StateAccess> {
  const { openStateAccess } = await import("./zookeeper_access.ts");
  return await openStateAccess(configuration, { signal });
}

function configurationOf({ configuration, places }: LoadedConfiguration): Configuration {
  if (configuration.highAvailability.mode.kind === "zookeeper") return configuration;
  const key = "high-availability";
  const message = "must be zookeeper: without it no state is kept";
  throw new ConfigError([{ ...places.get(key), key, message }]);
}

class Limit implements Disposable {
  readonly #controller = new AbortController();
  readonly #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(timeoutMs: number | undefined) {
    if (timeoutMs === undefined) return;
    const late = new TimeIsUpError(`Not done within ${timeoutMs / 1000} s`);
    this.#timer = setTimeout(() => this.#controller.abort(late), timeoutMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
