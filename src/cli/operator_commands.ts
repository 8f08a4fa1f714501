import type { Command } from "./command.ts";
import { COMMON, JSON_OUTPUT } from "./common_options.ts";

/** What is wrong, and how to keep failovers away while somebody works on the cluster. */
export const OPERATOR_COMMANDS: Readonly<Record<string, Command>> = {
  "doctor": {
    summary: "Says in a sentence or two what is wrong with the cluster, and what to do",
    operands: { usage: "[HOST:PORT]", min: 0, max: 1, values: ["master"] },
    notes: [
      "Looks at the queue for leadership and who stands in it, at the masters and what they say, at the",
      "ZooKeeper servers of high-availability.zookeeper.quorum, at clocks, at the storage, and at this",
      "host: ports, disk and configuration. With HOST:PORT it also says whether that master would lead,",
      "and if not, why. In ZooKeeper and on S3 it writes nothing; in a file storage it writes one small",
      "blob and deletes it again.",
      "",
      "Exit codes:",
      "   0  all is well; and the master that was named leads, or would",
      "   1  something is wrong",
      "  69  neither ZooKeeper nor any master answers",
      "  78  the configuration cannot be used",
    ],
    options: { ...JSON_OUTPUT, ...COMMON },
    examples: [
      ["doctor", "What is wrong, and what to do"],
      ["doctor master2:8081", "Also why master2 would not lead"],
      ["doctor --json | jq -r .verdict.sentence", "The verdict alone, for programs"],
    ],
    load: async () => (await import("./commands/doctor.ts")).doctor,
  },
  "pause": {
    summary: "Pauses failovers: who leads leads on, and no other master takes over",
    notes: [
      "For maintenance. The leader goes on, with its command, as long as its lease holds; if it ends,",
      "nobody leads until `masterd resume`. A failover or a switchover that is under way is first waited",
      "for. Pausing again changes nothing, also not the reason.",
      "",
      "Exit codes:",
      "   0  failovers are paused: since now, or they were already",
      "  69  ZooKeeper cannot be reached",
      "  75  nobody leads, or a switchover is under way, for all that time: nothing was changed",
      "  78  the configuration cannot be used",
    ],
    options: {
      "reason": { kind: "text", placeholder: "TEXT", summary: "Shown to others, as by `status`" },
      "timeout": {
        kind: "text",
        placeholder: "SECONDS",
        summary: "How long to wait for a leader (30)",
      },
      "force": { kind: "flag", summary: "Also if nobody leads: then nobody will before `resume`" },
      ...JSON_OUTPUT,
      ...COMMON,
    },
    examples: [
      ['pause --reason "switch replaced"', "Keeps leadership where it is"],
      ["pause && ./maintain.sh; masterd resume", "Around a program"],
    ],
    load: async () => (await import("./commands/pause.ts")).pause,
  },
  "resume": {
    summary: "Ends a pause of failovers",
    notes: [
      "Exit codes:",
      "   0  failovers are not paused: since now, or they were not",
      "  69  ZooKeeper cannot be reached",
      "  78  the configuration cannot be used",
    ],
    options: { ...JSON_OUTPUT, ...COMMON },
    examples: [["resume", "Lets standbys take over again"]],
    load: async () => (await import("./commands/pause.ts")).resume,
  },
};
