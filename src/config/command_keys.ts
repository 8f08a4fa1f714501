import type { CommandWords } from "./command_configuration.ts";
import { checkCommandWords, formatCommandWords, parseCommandWords } from "./command_words.ts";
import { parseDuration } from "./duration.ts";
import { defaulted, optional } from "./key.ts";
import { parseMemorySize } from "./memory_size.ts";
import { parseBoolean, parseChoice, parseInteger } from "./plain_values.ts";
import { parseProbeTarget } from "./probe_target.ts";
import { parseServerChoice } from "./zookeeper_server.ts";

const duration = (text: string) => parseDuration(text, { minMs: 1 });
const anyDuration = (text: string) => parseDuration(text);
const count = (text: string) => parseInteger(text, { min: 1, max: 10_000 });

/** The settings of masterd's own: what Flink, which runs its work in itself, has no names for. */
export const COMMAND_KEYS = {
  tickTime: defaulted({
    name: "masterd.zookeeper.tick-time",
    default: "2 s",
    description: "The tickTime in the servers' zoo.cfg; a lease is counted with it.",
    parse: duration,
  }),
  zookeeperServer: defaulted({
    name: "masterd.zookeeper.server",
    default: "auto",
    description:
      "What serves conf/zoo.cfg: embedded, apache, or auto: embedded if one server is named and no Apache ZooKeeper is found.",
    parse: parseServerChoice,
  }),
  jobmanagerCommand: optional<CommandWords>({
    name: "masterd.jobmanager.command",
    description: "Program and arguments that run only while this master leads; no shell.",
    parse: parseCommandWords,
    parseItems: checkCommandWords,
    show: formatCommandWords,
  }),
  jobmanagerReady: optional({
    name: "masterd.jobmanager.ready",
    description: "Says when the leader's command is ready: a port, an http URL, or exec: words.",
    parse: parseProbeTarget,
  }),
  jobmanagerReadyTimeout: defaulted({
    name: "masterd.jobmanager.ready-timeout",
    default: "60 s",
    description: "A leader whose command is not ready after this gives leadership away.",
    parse: duration,
  }),
  jobmanagerHealthInterval: defaulted({
    name: "masterd.jobmanager.health-interval",
    default: "5 s",
    description: "Time between two questions whether the leader's command is well.",
    parse: duration,
  }),
  jobmanagerHealthTimeout: defaulted({
    name: "masterd.jobmanager.health-timeout",
    default: "5 s",
    description: "How long one such question may go unanswered.",
    parse: duration,
  }),
  jobmanagerHealthFailures: defaulted({
    name: "masterd.jobmanager.health-failures",
    default: "3",
    description: "A leader gives leadership away after so many failed questions in a row.",
    parse: count,
  }),
  jobmanagerStopGrace: optional({
    name: "masterd.jobmanager.stop-grace",
    description: "Time between SIGTERM and SIGKILL; a quarter of the session timeout if absent.",
    parse: anyDuration,
  }),
  jobmanagerRestartDelay: defaulted({
    name: "masterd.jobmanager.restart-delay",
    default: "1 s",
    description: "Pause before the leader's command is started again; doubled each time.",
    parse: duration,
  }),
  jobmanagerRestartDelayMax: defaulted({
    name: "masterd.jobmanager.restart-delay-max",
    default: "30 s",
    description: "The longest such pause.",
    parse: duration,
  }),
  jobmanagerRestartAttempts: defaulted({
    name: "masterd.jobmanager.restart-attempts",
    default: "3",
    description: "A leader gives leadership away after so many quick ends of its command in a row.",
    parse: count,
  }),
  jobmanagerStableAfter: defaulted({
    name: "masterd.jobmanager.stable-after",
    default: "60 s",
    description: "A command that ran for this long did not end quickly.",
    parse: duration,
  }),
  jobmanagerCoolDown: defaulted({
    name: "masterd.jobmanager.cool-down",
    default: "1 min",
    description:
      "How long a master that gave leadership away stays behind; doubled each time, up to tenfold.",
    parse: duration,
  }),
  taskmanagerCommand: optional<CommandWords>({
    name: "masterd.taskmanager.command",
    description: "Program and arguments that run on each worker; no shell.",
    parse: parseCommandWords,
    parseItems: checkCommandWords,
    show: formatCommandWords,
  }),
  taskmanagerOnLeaderChange: defaulted({
    name: "masterd.taskmanager.on-leader-change",
    default: "restart",
    description: "What a new leader means to a worker's command: restart, signal (SIGHUP) or none.",
    parse: (text) =>
      parseChoice(text, {
        restart: "restart" as const,
        signal: "signal" as const,
        none: "none" as const,
      }),
  }),
  taskmanagerStopGrace: defaulted({
    name: "masterd.taskmanager.stop-grace",
    default: "10 s",
    description: "Time between SIGTERM and SIGKILL.",
    parse: anyDuration,
  }),
  taskmanagerRestartDelay: defaulted({
    name: "masterd.taskmanager.restart-delay",
    default: "1 s",
    description: "Pause before a worker's command is started again; doubled each time.",
    parse: duration,
  }),
  taskmanagerRestartDelayMax: defaulted({
    name: "masterd.taskmanager.restart-delay-max",
    default: "30 s",
    description: "The longest such pause.",
    parse: duration,
  }),
  taskmanagerStableAfter: defaulted({
    name: "masterd.taskmanager.stable-after",
    default: "60 s",
    description: "A command that ran for this long begins with the shortest pause again.",
    parse: duration,
  }),
  commandLogSize: defaulted({
    name: "masterd.command.log-size",
    default: "64 mb",
    description: "A log file with a command's output is put aside at this size.",
    parse: (text) => parseMemorySize(text, { minBytes: 1024 }),
  }),
  drillAllowed: defaulted({
    name: "masterd.drill.allowed",
    default: "false",
    description: "Whether `masterd drill` may cause failovers in this cluster.",
    parse: parseBoolean,
  }),
} as const;
