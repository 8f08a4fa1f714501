import type { Command } from "./command.ts";
import { COMMON, JSON_OUTPUT } from "./common_options.ts";
import type { OptionSpecs } from "./options.ts";

const EVERYWHERE: OptionSpecs = {
  "timeout": {
    kind: "text",
    placeholder: "SECONDS",
    summary: "Gives up after so long (else only if nothing moves)",
  },
  ...JSON_OUTPUT,
  ...COMMON,
};

const IF_MATCH: OptionSpecs = {
  "if-match": {
    kind: "text",
    placeholder: "VERSION",
    summary: "Only if the entry has this version",
  },
};

/** The commands behind `masterd state`. */
export const STATE_COMMANDS: Readonly<Record<string, Command>> = {
  "ls": {
    summary: "Lists the entries",
    options: EVERYWHERE,
    examples: [
      ["state ls", "The entries, their versions and sizes"],
    ],
    load: async () => (await import("./commands/state/ls.ts")).ls,
  },
  "get": {
    summary: "Prints the content of an entry, or writes it to a file",
    notes: [
      "A file appears, or is replaced, only once the whole content has proven right. What is printed",
      "may prove wrong at its end: the exit code is then 1. On a terminal only text is printed, unless",
      "- is given.",
    ],
    operands: { usage: "NAME [FILE|-]", min: 1, max: 2, values: ["any", "file"] },
    options: {
      "version": {
        kind: "text",
        placeholder: "VERSION",
        summary: "This version, not the newest; `masterd state history NAME` lists them",
      },
      ...EVERYWHERE,
    },
    examples: [
      ["state get checkpoint copy.bin", "Writes the newest version to copy.bin"],
      ["state get checkpoint - --version 17 | sha256sum", "Sends version 17 to another program"],
    ],
    load: async () => (await import("./commands/state/get.ts")).get,
  },
  "put": {
    summary: "Stores a file, or standard input, as an entry",
    notes: ["The entry is made, or gets a new version; old ones are kept (masterd.state.history)."],
    operands: { usage: "NAME [FILE|-]", min: 1, max: 2, values: ["any", "file"] },
    options: {
      ...IF_MATCH,
      "if-absent": { kind: "flag", summary: "Only if there is no such entry" },
      ...EVERYWHERE,
    },
    examples: [
      ["state put checkpoint copy.bin", "Stores copy.bin as the entry checkpoint"],
      ["state put lock --if-absent </dev/null", "Makes an empty entry, if there is none"],
    ],
    load: async () => (await import("./commands/state/put.ts")).put,
  },
  "rm": {
    summary: "Removes entries with all their versions",
    operands: { usage: "NAME...", min: 1, max: Infinity },
    options: { ...IF_MATCH, ...EVERYWHERE },
    examples: [
      ["state rm checkpoint", "Removes the entry with all its versions"],
      ["state rm checkpoint --if-match 17", "Only if version 17 is the newest"],
    ],
    load: async () => (await import("./commands/state/rm.ts")).rm,
  },
  "history": {
    summary: "Lists the versions of an entry that are kept",
    operands: { usage: "NAME", min: 1, max: 1 },
    options: EVERYWHERE,
    examples: [
      ["state history checkpoint", "The versions of checkpoint that are kept"],
    ],
    load: async () => (await import("./commands/state/history.ts")).history,
  },
  "fsck": {
    summary: "Compares all entries with the storage; changes nothing",
    notes: [
      "Reads every blob and compares its checksum. Blobs that no entry leads to are named: `masterd state",
      "gc` removes them.",
    ],
    options: {
      "quick": { kind: "flag", summary: "Only that each blob is there, and how long it is" },
      ...EVERYWHERE,
    },
    examples: [
      ["state fsck", "Reads everything and compares checksums"],
      ["state fsck --quick", "Only looks whether everything is there"],
    ],
    load: async () => (await import("./commands/state/fsck.ts")).fsck,
  },
  "gc": {
    summary: "Removes blobs that no entry leads to, and ends deletions that were begun",
    notes: ["The leader removes what it has seen without an entry for so long as the grace."],
    options: {
      "grace": {
        kind: "text",
        placeholder: "DURATION",
        summary: "How long, as in 30 min (else masterd.state.collect-grace)",
      },
      "dry-run": { kind: "flag", summary: "Only says what would be removed" },
      ...EVERYWHERE,
    },
    examples: [
      ["state gc --dry-run", "Names what would be removed"],
      ["state gc --grace '1 day'", "Removes what nothing led to for a day"],
    ],
    load: async () => (await import("./commands/state/gc.ts")).gc,
  },
};
