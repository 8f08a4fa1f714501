import type { Command } from "./command.ts";
import { COMMON, JSON_OUTPUT } from "./common_options.ts";

/** What lies around a cluster: its neighbours, its ZooKeeper servers, its configuration. */
export const SURVEY_COMMANDS: Readonly<Record<string, Command>> = {
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
    examples: [
      ["clusters", "What lies under high-availability.zookeeper.path.root"],
      ["clusters --json", "The same for programs"],
    ],
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
    examples: [
      ["quorum-status", "Each ZooKeeper server, and which one leads"],
      ["quorum-status --wait 60", "Waits until a majority serves"],
    ],
    load: async () => (await import("./commands/quorum_status.ts")).quorumStatus,
  },
  "check-config": {
    summary: "Prints the effective configuration and every problem in it",
    options: { ...JSON_OUTPUT, ...COMMON },
    examples: [
      ["check-config", "The effective configuration, and where each value comes from"],
      [
        "check-config -D high-availability=ZOOKEEPER",
        "The same with another setting than conf has",
      ],
    ],
    load: async () => (await import("./commands/check_config.ts")).checkConfig,
  },
};
