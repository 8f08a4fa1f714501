import { parseChoice } from "./plain_values.ts";

/** What serves conf/zoo.cfg; `auto` is decided on the host. */
export type ServerChoice = "auto" | "embedded" | "apache";

/** Reads `masterd.zookeeper.server`. */
export function parseServerChoice(text: string): ServerChoice {
  return parseChoice<ServerChoice>(text, { auto: "auto", embedded: "embedded", apache: "apache" });
}
