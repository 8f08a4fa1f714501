import type { CommandTable } from "./command.ts";
import { COMMON, JSON_OUTPUT } from "./common_options.ts";
import { STATE_COMMANDS } from "./state_commands.ts";

/** Every command by its name. */
export const COMMANDS: CommandTable = {
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
  "state": {
    summary: "Lists, reads and changes what the leader must remember",
    notes: [
      "ls, get, history and fsck read ZooKeeper and the storage directly, and so work while nobody leads.",
      "put, rm and gc go to the leader, with the token of masterd.token-file, or of the leader's daemon",
      "on its own host.",
      "",
      "Exit codes:",
      "   0  done",
      "   1  no such entry or version, not the version that was expected, or something is broken",
      "  69  ZooKeeper, the storage or the leader cannot be reached",
      "  74  the storage is full, read-only or fails",
      "  75  nobody leads, the time is up, or what became of a change is not known: look, and try again",
      "  77  the token is missing or refused",
      "  78  the configuration cannot be used",
    ],
    commands: STATE_COMMANDS,
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
export const LISTED_COMMANDS: CommandTable = Object.fromEntries(
  Object.entries(COMMANDS).filter(([, { isInternal }]) => !isInternal),
);
