import type { Command } from "./command.ts";
import { COMMON, JSON_OUTPUT } from "./common_options.ts";

/** What the scripts in bin ask. */
export const SCRIPT_COMMANDS: Readonly<Record<string, Command>> = {
  "masters": {
    summary: "Prints conf/masters: host, web UI port, local or remote",
    options: { ...JSON_OUTPUT, ...COMMON },
    examples: [
      ["masters", "The lines of conf/masters, tab-separated"],
    ],
    load: async () => (await import("./commands/hosts.ts")).masters,
  },
  "workers": {
    summary: "Prints conf/workers: host, local or remote",
    options: { ...JSON_OUTPUT, ...COMMON },
    examples: [
      ["workers", "The lines of conf/workers, tab-separated"],
    ],
    load: async () => (await import("./commands/hosts.ts")).workers,
  },
  "quorum-servers": {
    summary: "Prints the servers of conf/zoo.cfg: id, host, local or remote",
    options: { ...JSON_OUTPUT, ...COMMON },
    examples: [
      ["quorum-servers", "The servers of conf/zoo.cfg, tab-separated"],
    ],
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
      "server": {
        kind: "text",
        placeholder: "CHOICE",
        summary: "What is to serve the file: auto, embedded or apache; alone, prints what does",
      },
      ...COMMON,
    },
    examples: [
      ["zoo-cfg --peer-id 1", "The file that server 1 is started with"],
      ["zoo-cfg --peer-id 1 --field clientPort", "Its client port alone"],
    ],
    load: async () => (await import("./commands/zoo_cfg.ts")).zooCfg,
  },
  "script-env": {
    summary: "Prints what the scripts in bin need to know",
    options: COMMON,
    examples: [
      ["script-env", "Folders, mode and limits as the scripts need them"],
    ],
    load: async () => (await import("./commands/script_env.ts")).scriptEnv,
  },
};
