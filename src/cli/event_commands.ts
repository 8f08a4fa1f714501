import type { Command } from "./command.ts";
import { COMMON, JSON_OUTPUT } from "./common_options.ts";

/** What has happened: the last leaderships, and the journal of each master. */
export const EVENT_COMMANDS: Readonly<Record<string, Command>> = {
  "history": {
    summary: "Lists the last leaderships: who led, how long nobody did before, and why",
    notes: [
      "Newest first, up to 50, read from ZooKeeper: also while no master runs. GAP BEFORE is how long",
      "nobody could be found as the leader, as the new leader saw it; - if it did not see all of it.",
      "CAUSE is why the leadership before it ended:",
      "  first           there was none before it",
      "  switchover      it was handed over, as by `masterd switchover`",
      "  stopped         that master was stopped",
      "  command failed  its command failed, and it gave leadership back",
      "  crashed         its process is dead, or another one runs in its place",
      "  expired         its session ended although its process lives, or nobody can reach its host",
      "  unknown         nobody can tell",
      "FROM and UNTIL are by the clocks of the masters.",
      "",
      "Exit codes:",
      "   0  listed",
      "  69  ZooKeeper cannot be reached",
      "  78  the configuration cannot be used",
    ],
    options: { ...JSON_OUTPUT, ...COMMON },
    examples: [
      ["history", "The last leaderships"],
      ["history --json | jq -r '.[0].gapMs'", "What the last failover cost, in milliseconds"],
    ],
    load: async () => (await import("./commands/history.ts")).history,
  },
  "events": {
    summary: "Prints what has happened on the leader, or on a master, and what happens",
    operands: { usage: "[HOST:PORT]", min: 0, max: 1, values: ["master"] },
    notes: [
      "Reads the journal that each master keeps in memory: the last 1000 events since it was started, of its",
      "role, the leader that it sees, its connection, workers, state, command, switchovers and pauses.",
      "With --follow also each new one, until Ctrl-C: of the master named, or of whoever leads. Of the",
      "journal of the next leader, what is older than the last line is left out, by the clocks of both.",
      "",
      "With --json each line is an object: id, at, kind, message, and details of the message.",
      "",
      "Exit codes:",
      "   0  printed; with --follow: nobody reads any more",
      "   1  no leader is known",
      "  69  the master does not answer",
      "  78  the configuration cannot be used",
    ],
    options: {
      "follow": { kind: "flag", short: "f", summary: "Prints each new event, until Ctrl-C" },
      ...JSON_OUTPUT,
      ...COMMON,
    },
    examples: [
      ["events", "What has happened on the leader"],
      ["events master2:8081 --follow", "What has happened on master2, and what happens"],
      ["events --follow --json | jq --unbuffered .message", "For another program"],
    ],
    load: async () => (await import("./commands/events.ts")).events,
  },
};
