import type { Command } from "./command.ts";
import { COMMON, JSON_OUTPUT } from "./common_options.ts";

/** The daemons, and what belongs to their lives. */
export const DAEMON_COMMANDS: Readonly<Record<string, Command>> = {
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
    examples: [
      [
        "jobmanager --host master1 --webui-port 8081",
        "Runs the master of the line master1:8081 in the foreground",
      ],
      ["jobmanager -D env.log.level=DEBUG", "Runs it with another setting than conf has"],
    ],
    load: async () => (await import("./commands/jobmanager.ts")).jobmanager,
  },
  "taskmanager": {
    summary: "Runs a worker",
    options: COMMON,
    examples: [
      ["taskmanager", "Runs a worker of this host in the foreground"],
    ],
    load: async () => (await import("./commands/taskmanager.ts")).taskmanager,
  },
  "zookeeper": {
    summary: "Runs the embedded ZooKeeper server: one server alone, by conf/zoo.cfg",
    notes: [
      "For laptops, labs, tests and clusters on one host: no quorum, no observers, a single fault domain.",
      "A zoo.cfg that names several servers needs Apache ZooKeeper, which bin/zookeeper.sh starts.",
      "",
      "Exit codes:",
      "   0  stopped by SIGTERM or SIGINT",
      "   1  it cannot start: the port is taken, or another server has the data",
      "  65  the data is damaged, and what was acknowledged might be missing",
      "  74  the data cannot be written any more",
      "  78  the configuration cannot be used, or another server's data lies there",
    ],
    options: {
      "peer-id": {
        kind: "text",
        placeholder: "N",
        summary: "The N of server.N (else of the only one, or 0)",
      },
      ...COMMON,
    },
    examples: [
      ["zookeeper", "Runs the server of conf/zoo.cfg in the foreground"],
    ],
    load: async () => (await import("./commands/zookeeper.ts")).zookeeper,
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
        values: "file",
        summary: "The file that the daemon wrote (MASTERD_SESSION_FILE)",
      },
      ...JSON_OUTPUT,
      "help": COMMON["help"]!,
    },
    examples: [
      [
        "release --session-file run/masterd-jobmanager-8081.session",
        "After a daemon was killed, lets another lead at once",
      ],
    ],
    load: async () => (await import("./commands/release.ts")).release,
  },
  "guard": {
    summary: "Runs one command for the daemon that started it, and ends it when that dies",
    isInternal: true,
    options: {
      "session-file": {
        kind: "text",
        placeholder: "FILE",
        values: "file",
        summary: "Session to release when the daemon is dead",
      },
      "help": COMMON["help"]!,
    },
    examples: [
      ["guard", "Reads orders from standard input: only masterd starts it"],
    ],
    load: async () => (await import("./commands/guard.ts")).guard,
  },
};
