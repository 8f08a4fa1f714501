import type { Options, OptionSpecs } from "./options.ts";
import type { CommandContext } from "./command_context.ts";

/** Does what a command is for; returns the exit code. */
export type CommandAction = (options: Options, context: CommandContext) => Promise<number>;

export interface Command {
  summary: string;
  /** Started by masterd itself: neither listed nor suggested. */
  isInternal?: true;
  /** More lines for its help text. */
  notes?: readonly string[];
  options: OptionSpecs;
  /** Loads the code: a command that is not used costs no start time. */
  load: () => Promise<CommandAction>;
}

const COMMON: OptionSpecs = {
  "config-dir": {
    kind: "text",
    short: "c",
    aliases: ["configDir"],
    placeholder: "DIR",
    summary: "Configuration folder (else MASTERD_CONF_DIR, FLINK_CONF_DIR, else conf)",
  },
  "property": {
    kind: "list",
    short: "D",
    placeholder: "KEY=VALUE",
    summary: "Sets a configuration key; can be repeated",
  },
  "zookeeperNamespace": {
    kind: "text",
    short: "z",
    placeholder: "ID",
    summary: "Cluster id; beats high-availability.cluster-id",
  },
  "help": { kind: "flag", summary: "Shows this text" },
};

const JSON_OUTPUT: OptionSpecs = { "json": { kind: "flag", summary: "Prints JSON" } };

/** Every command by its name. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  "jobmanager": {
    summary: "Runs a master",
    options: {
      "host": {
        kind: "text",
        short: "h",
        placeholder: "HOST",
        summary: "Name of this master in conf/masters (else the first that is this host)",
      },
      "webui-port": {
        kind: "text",
        short: "r",
        placeholder: "PORT",
        summary: "Port of its status (else the first free one of conf/masters)",
      },
      ...COMMON,
    },
    load: async () => (await import("./commands/jobmanager.ts")).jobmanager,
  },
  "taskmanager": {
    summary: "Runs a worker",
    options: COMMON,
    load: async () => (await import("./commands/taskmanager.ts")).taskmanager,
  },
  "leader": {
    summary: "Prints the address of the leader",
    options: {
      "wait": { kind: "text", placeholder: "SECONDS", summary: "Waits so long for a leader" },
      ...JSON_OUTPUT,
      ...COMMON,
    },
    load: async () => (await import("./commands/leader.ts")).leader,
  },
  "switchover": {
    summary: "Gives leadership to another master, in order",
    notes: [
      "The leader ends its command and gives leadership back; the others step aside meanwhile. If the",
      "new leader cannot be found in time, leadership goes back to the old one.",
      "",
      "Exit codes:",
      "   0  the master leads: since now, or it did already",
      "   1  refused: nothing was changed",
      "  75  begun, but not completed; what is printed says who leads",
    ],
    options: {
      "to": {
        kind: "text",
        placeholder: "HOST:PORT",
        summary: "Master that is to lead, by its line in conf/masters (else the first standby)",
      },
      "timeout": {
        kind: "text",
        placeholder: "SECONDS",
        summary: "How long it may take, with the stop and the start of the command (30)",
      },
      ...JSON_OUTPUT,
      ...COMMON,
    },
    load: async () => (await import("./commands/switchover.ts")).switchover,
  },
  "check-config": {
    summary: "Prints the effective configuration and every problem in it",
    options: { ...JSON_OUTPUT, ...COMMON },
    load: async () => (await import("./commands/check_config.ts")).checkConfig,
  },
  "release": {
    summary: "Ends the session of a daemon that is dead, so that another leads at once",
    notes: [
      "Reads no configuration: all it needs stands in the session file. What is left of the daemon's",
      "command is killed before. It may be done late and again and again: it ends that one session only.",
      "",
      "Exit codes:",
      "   0  the session is over: ended now, or before, or there is no file",
      "  65  the file is not a session file, or others may write it",
      "  69  no server of ZooKeeper took the end of the session in time",
      "  71  processes of the daemon's command are left that cannot be killed",
      "  75  the daemon lives: nothing was done",
    ],
    options: {
      "session-file": {
        kind: "text",
        placeholder: "FILE",
        summary: "The file that the daemon wrote (MASTERD_SESSION_FILE)",
      },
      ...JSON_OUTPUT,
      "help": COMMON["help"]!,
    },
    load: async () => (await import("./commands/release.ts")).release,
  },
  "guard": {
    summary: "Runs one command for the daemon that started it, and ends it when that dies",
    isInternal: true,
    options: {
      "session-file": {
        kind: "text",
        placeholder: "FILE",
        summary: "Session to release when the daemon is dead",
      },
      "help": COMMON["help"]!,
    },
    load: async () => (await import("./commands/guard.ts")).guard,
  },
  "masters": {
    summary: "Prints conf/masters: host, web UI port, local or remote",
    options: COMMON,
    load: async () => (await import("./commands/hosts.ts")).masters,
  },
  "workers": {
    summary: "Prints conf/workers: host, local or remote",
    options: COMMON,
    load: async () => (await import("./commands/hosts.ts")).workers,
  },
  "quorum-servers": {
    summary: "Prints the servers of conf/zoo.cfg: id, host, local or remote",
    options: COMMON,
    load: async () => (await import("./commands/hosts.ts")).quorumServers,
  },
  "zoo-cfg": {
    summary: "Prints conf/zoo.cfg completed for one peer of the quorum",
    options: {
      "peer-id": { kind: "text", placeholder: "N", summary: "The N of server.N" },
      "field": { kind: "text", placeholder: "NAME", summary: "Prints this setting alone" },
      ...COMMON,
    },
    load: async () => (await import("./commands/zoo_cfg.ts")).zooCfg,
  },
  "script-env": {
    summary: "Prints what the scripts in bin need to know",
    options: COMMON,
    load: async () => (await import("./commands/script_env.ts")).scriptEnv,
  },
};

/** The commands that users start. */
export const LISTED_COMMANDS: Readonly<Record<string, Command>> = Object.fromEntries(
  Object.entries(COMMANDS).filter(([, { isInternal }]) => !isInternal),
);
