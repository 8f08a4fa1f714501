import { CLUSTER_COMMANDS } from "./cluster_commands.ts";
import type { CommandTable } from "./command.ts";
import { DAEMON_COMMANDS } from "./daemon_commands.ts";
import { EVENT_COMMANDS } from "./event_commands.ts";
import { OPERATOR_COMMANDS } from "./operator_commands.ts";
import { HELP_COMMANDS } from "./help_commands.ts";
import { SCRIPT_COMMANDS } from "./script_commands.ts";
import { STATE_COMMANDS } from "./state_commands.ts";
import { SURVEY_COMMANDS } from "./survey_commands.ts";

/** Every command by its name, in the order in which help lists them. */
export const COMMANDS: CommandTable = {
  ...DAEMON_COMMANDS,
  ...CLUSTER_COMMANDS,
  ...EVENT_COMMANDS,
  ...OPERATOR_COMMANDS,
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
  ...SURVEY_COMMANDS,
  ...HELP_COMMANDS,
  ...SCRIPT_COMMANDS,
};

/** The commands that users start. */
export const LISTED_COMMANDS: CommandTable = Object.fromEntries(
  Object.entries(COMMANDS).filter(([, { isInternal }]) => !isInternal),
);
