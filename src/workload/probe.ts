import { AnySignal } from "../async/any_signal.ts";
import { probeCommand } from "./command_probe.ts";
import type { CommandWords } from "./command_options.ts";
import { probeHttp, probeTcp } from "./network_probe.ts";

/** How a command is asked whether it is ready and well. */
export type ProbeTarget =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "http"; readonly url: string }
  | { readonly kind: "command"; readonly words: CommandWords };

export interface ProbeOptions {
  /** What a command that probes is told, as the command is that it probes. */
  environment: Readonly<Record<string, string>>;
  timeoutMs: number;
  signal: AbortSignal;
}

/**
 * Asks once: rejects with what is wrong, also after the time limit, or with the signal's reason. When
 * it settles nothing of the question is under way any more.
 */
export async function probe(target: ProbeTarget, options: ProbeOptions): Promise<void> {
  const { environment, timeoutMs, signal } = options;
  const late = new AbortController();
  const limit = () => late.abort(new Error(`No answer within ${timeoutMs} ms`));
  const timer = setTimeout(limit, timeoutMs);
  using either = new AnySignal([signal, late.signal]);
  try {
    await ask(target, environment, either.signal);
  } catch (cause) {
    signal.throwIfAborted();
    throw new Error(`${describeProbe(target)} does not answer well`, { cause });
  } finally {
    clearTimeout(timer);
  }
}

/** The target as it is named in messages. */
export function describeProbe(target: ProbeTarget): string {
  switch (target.kind) {
    case "tcp":
      return `${target.host.includes(":") ? `[${target.host}]` : target.host}:${target.port}`;
    case "http":
      return target.url;
    case "command":
      return target.words.join(" ");
  }
}

function ask(
  target: ProbeTarget,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  switch (target.kind) {
    case "tcp":
      return probeTcp(target, signal);
    case "http":
      return probeHttp(target.url, signal);
    case "command":
      return probeCommand(target.words, { environment, signal });
  }
}
