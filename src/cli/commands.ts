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
  "status": {
    summary: "Shows masters, leader and workers of the whole cluster, and says what is missing",
    notes: [
      "Asks each master of conf/masters, and each other that is registered, for its status; ZooKeeper,",
      "who leads; and the leader, which workers are registered. All is well if one master leads by what",
      "it says itself and by ZooKeeper, every other of conf/masters could take over, and each host of",
      "conf/workers has its workers. What is missing is said on standard error, a line each.",
      "",
      "ROLE is leader, standby, starting, stopping, unreachable, or foreign: somebody else answers there.",
      "With --roles it is leader, standby, unreachable, or other.",
      "",
      "Exit codes:",
      "   0  all is well; with --roles: the roles are printed",
      "   1  something is missing, or contradicts itself",
      "  69  neither ZooKeeper nor any master answers",
      "  75  not all is well, and the time of --wait is up",
      "  78  the configuration cannot be used",
    ],
    options: {
      "wait": {
        kind: "text",
        placeholder: "SECONDS",
        summary: "Looks again until all is well, at most for so long",
      },
      "roles": {
        kind: "flag",
        summary: "Prints host, port and role of each line of conf/masters, for scripts",
      },
      ...JSON_OUTPUT,
      ...COMMON,
    },
    load: async () => (await import("./commands/status.ts")).status,
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
      "   1  no such entry or version, not the version that was expected, something is broken or too long,",
      "      or a local file cannot be read or written",
      "  69  ZooKeeper, the storage or the leader cannot be reached",
      "  74  the storage is full, read-only or fails",
      "  75  nobody leads, the time is up, or what became of a change is not known: look, and try again",
      "  77  the token is missing or refused",
      "  78  the configuration cannot be used",
    ],
    commands: STATE_COMMANDS,
  },
  "clusters": {
    summary: "Lists the clusters under the root in ZooKeeper, and says which are alive",
    notes: [
      "STATE is one of",
      "  alive       a leader is published, and its session is the first in the queue",
      "  no leader   masters are there, and none of them leads",
      "  dead        nobody is there, only what persists",
      "  flink       a cluster of Flink, whose leader is taken at its word",
      "  foreign     nodes that are no cluster",
      "  unreadable  ZooKeeper does not let this user read it, or it has too many children",
      "",
      "Exit codes:",
      "   0  listed",
      "  69  ZooKeeper cannot be reached",
      "  75  the time is up",
      "  78  the configuration cannot be used",
    ],
    options: {
      "timeout": {
        kind: "text",
        placeholder: "SECONDS",
        summary: "Gives up after so long (30)",
      },
      ...JSON_OUTPUT,
      ...COMMON,
    },
    load: async () => (await import("./commands/clusters.ts")).clusters,
  },
  "quorum-status": {
    summary: "Asks every server of conf/zoo.cfg what it is, and says which one leads",
    notes: [
      "STATE is leader, follower, observer, standalone (it serves alone), read-only, or",
      "  not serving  it runs and belongs to no majority, for now",
      "  unreachable  nobody accepts, or nothing is said in time",
      "  unknown      somebody answers who is no ZooKeeper server, or is told not to answer srvr",
      "  not asked    it serves clients over TLS only, or only those of its own host",
      "",
      "Exit codes:",
      "   0  a majority serves under one leader",
      "   1  it does not, or cannot be asked",
      "  75  the time of --wait is up",
      "  78  the configuration cannot be used",
    ],
    options: {
      "wait": {
        kind: "text",
        placeholder: "SECONDS",
        summary: "Asks again for so long, until a majority serves",
      },
      ...JSON_OUTPUT,
      ...COMMON,
    },
    load: async () => (await import("./commands/quorum_status.ts")).quorumStatus,
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
      "install": {
        kind: "flag",
        summary: "Claims the peer's data folder on this host and writes the file into it",
      },
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
