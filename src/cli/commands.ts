import type { Options, OptionSpecs } from "./options.ts";
import type { CommandContext } from "./command_context.ts";

/** Does what a command is for; returns the exit code. */
export type CommandAction = (options: Options, context: CommandContext) => Promise<number>;

export interface Command {
  summary: string;
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
  "check-config": {
    summary: "Prints the effective configuration and every problem in it",
    options: { ...JSON_OUTPUT, ...COMMON },
    load: async () => (await import("./commands/check_config.ts")).checkConfig,
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
