import type { OptionSpecs } from "./options.ts";

/** Options of every command that reads the configuration. */
export const COMMON: OptionSpecs = {
  "config-dir": {
    kind: "text",
    short: "c",
    aliases: ["configDir"],
    placeholder: "DIR",
    values: "folder",
    summary: "Configuration folder (else MASTERD_CONF_DIR, FLINK_CONF_DIR, else conf)",
  },
  "property": {
    kind: "list",
    short: "D",
    placeholder: "KEY=VALUE",
    values: "setting",
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

export const JSON_OUTPUT: OptionSpecs = { "json": { kind: "flag", summary: "Prints JSON" } };
