import type {
  CommandWords,
  JobmanagerCommand,
  RestartPolicy,
  TaskmanagerCommand,
} from "./command_configuration.ts";
import { COMMAND_KEYS as KEYS } from "./command_keys.ts";
import { doubtsAbout } from "./doubtful_words.ts";
import type { DefaultedKey, Key } from "./key.ts";
import type { SettingResolver } from "./setting_resolver.ts";

const ALL_KEYS: readonly Key<unknown>[] = Object.values(KEYS);
const OF_JOBMANAGER = ALL_KEYS.filter(({ name }) => name.startsWith("masterd.jobmanager."));
const OF_TASKMANAGER = ALL_KEYS.filter(({ name }) => name.startsWith("masterd.taskmanager."));
const OF_PROBE = [
  KEYS.jobmanagerReadyTimeout,
  KEYS.jobmanagerHealthInterval,
  KEYS.jobmanagerHealthTimeout,
  KEYS.jobmanagerHealthFailures,
];

/** Reads the keys of both commands; a command is absent if no words are given for it. */
export function resolveCommands(
  resolver: SettingResolver,
  terms: { sessionTimeoutMs: number; shutdownTimeoutMs: number },
): { jobmanager?: JobmanagerCommand; taskmanager?: TaskmanagerCommand } {
  const logMaxBytes = resolver.get(KEYS.commandLogSize);
  const jobmanager = resolveJobmanager(resolver, { ...terms, logMaxBytes });
  const taskmanager = resolveTaskmanager(resolver, { logMaxBytes });
  warnOfIdleKeys(resolver);
  warnOfGrace(resolver, KEYS.jobmanagerStopGrace, { ...terms, ...jobmanager });
  warnOfGrace(resolver, KEYS.taskmanagerStopGrace, { ...terms, ...taskmanager });
  warnOfWords(resolver, KEYS.jobmanagerCommand, jobmanager?.words);
  warnOfWords(resolver, KEYS.taskmanagerCommand, taskmanager?.words);
  const ready = jobmanager?.ready;
  if (ready?.kind === "command") warnOfWords(resolver, KEYS.jobmanagerReady, ready.words);
  return { jobmanager, taskmanager };
}

function resolveJobmanager(
  resolver: SettingResolver,
  context: { sessionTimeoutMs: number; logMaxBytes: number },
): JobmanagerCommand | undefined {
  const words = resolver.get(KEYS.jobmanagerCommand);
  const command = {
    ready: resolver.get(KEYS.jobmanagerReady),
    readyTimeoutMs: resolver.get(KEYS.jobmanagerReadyTimeout),
    health: {
      intervalMs: resolver.get(KEYS.jobmanagerHealthInterval),
      timeoutMs: resolver.get(KEYS.jobmanagerHealthTimeout),
      failures: resolver.get(KEYS.jobmanagerHealthFailures),
    },
    stopGraceMs: resolver.getOr(KEYS.jobmanagerStopGrace, context.sessionTimeoutMs / 4),
    logMaxBytes: context.logMaxBytes,
    restart: {
      ...resolveDelays(resolver, KEYS.jobmanagerRestartDelay, KEYS.jobmanagerRestartDelayMax),
      attempts: resolver.get(KEYS.jobmanagerRestartAttempts),
      stableAfterMs: resolver.get(KEYS.jobmanagerStableAfter),
    },
    coolDownMs: resolver.get(KEYS.jobmanagerCoolDown),
  };
  return words && { words, ...command };
}

function resolveTaskmanager(
  resolver: SettingResolver,
  { logMaxBytes }: { logMaxBytes: number },
): TaskmanagerCommand | undefined {
  const words = resolver.get(KEYS.taskmanagerCommand);
  const command = {
    onLeaderChange: resolver.get(KEYS.taskmanagerOnLeaderChange),
    stopGraceMs: resolver.get(KEYS.taskmanagerStopGrace),
    logMaxBytes,
    restart: {
      ...resolveDelays(resolver, KEYS.taskmanagerRestartDelay, KEYS.taskmanagerRestartDelayMax),
      // There is nobody to give a worker's place to.
      attempts: Infinity,
      stableAfterMs: resolver.get(KEYS.taskmanagerStableAfter),
    },
  };
  return words && { words, ...command };
}

function resolveDelays(
  resolver: SettingResolver,
  initial: DefaultedKey<number>,
  max: DefaultedKey<number>,
): Pick<RestartPolicy, "initialDelayMs" | "maxDelayMs"> {
  const initialDelayMs = resolver.get(initial);
  const maxDelayMs = resolver.get(max);
  if (initialDelayMs > maxDelayMs) {
    const message = `the longest pause, ${maxDelayMs} ms, is shorter than the first, ` +
      `${initialDelayMs} ms; write at least that`;
    resolver.refuseEither([max, initial], message);
  }
  return { initialDelayMs, maxDelayMs };
}

function warnOfIdleKeys(resolver: SettingResolver): void {
  const hasJobmanager = resolver.isGiven(KEYS.jobmanagerCommand);
  const hasTaskmanager = resolver.isGiven(KEYS.taskmanagerCommand);
  const warn = (keys: readonly Key<unknown>[], condition: string) => {
    for (const key of keys) {
      if (resolver.isGiven(key)) resolver.warn(key, `has no effect without ${condition}; set that`);
    }
  };
  if (!hasJobmanager) warn(OF_JOBMANAGER, KEYS.jobmanagerCommand.name);
  else if (!resolver.isGiven(KEYS.jobmanagerReady)) warn(OF_PROBE, KEYS.jobmanagerReady.name);
  if (!hasTaskmanager) warn(OF_TASKMANAGER, KEYS.taskmanagerCommand.name);
  if (!hasJobmanager && !hasTaskmanager) warn([KEYS.commandLogSize], "a command");
}

// A daemon that is stopped waits for its command no longer than for all the rest.
function warnOfGrace(
  resolver: SettingResolver,
  key: Key<number>,
  times: { stopGraceMs?: number; shutdownTimeoutMs: number },
): void {
  const { stopGraceMs = 0, shutdownTimeoutMs } = times;
  if (stopGraceMs < shutdownTimeoutMs) return;
  resolver.warn(
    key,
    `${stopGraceMs} ms are not shorter than cluster.services.shutdown-timeout, ` +
      `${shutdownTimeoutMs} ms, after which the command is killed; write less, or a longer timeout`,
  );
}

function warnOfWords(
  resolver: SettingResolver,
  key: Key<unknown>,
  words: CommandWords | undefined,
): void {
  for (const doubt of words ? doubtsAbout(words) : []) resolver.warn(key, doubt);
}
