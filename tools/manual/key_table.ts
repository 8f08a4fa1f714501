import type { Key } from "../../src/config/key.ts";

/** A heading, and the keys below it: the first group whose beginnings fit takes a key. */
const GROUPS: readonly (readonly [title: string, beginnings: readonly string[]])[] = [
  ["High availability and ZooKeeper", ["high-availability", "masterd.zookeeper."]],
  ["Commands of leaders and workers", [
    "masterd.jobmanager.",
    "masterd.taskmanager.",
    "masterd.command.",
  ]],
  ["State", ["masterd.state."]],
  ["Storage", ["masterd.storage.", "s3."]],
  ["Addresses and ports", ["jobmanager.", "rest."]],
  ["Workers", ["taskmanager.", "heartbeat.", "cluster.registration."]],
  ["The scripts, the log and the rest", [""]],
];

/** The tables of all keys as Markdown, formatted as `deno fmt` would. */
export function keyTables(keys: readonly Key<unknown>[]): string {
  return GROUPS.flatMap(([title], group) => {
    const own = keys.filter(({ name }) => groupOf(name) === group);
    return own.length === 0 ? [] : [`## ${title}\n\n${keyTable(own)}`];
  }).join("\n\n");
}

function groupOf(name: string): number {
  return GROUPS.findIndex(([, beginnings]) =>
    beginnings.some((beginning) => name.startsWith(beginning))
  );
}

function keyTable(keys: readonly Key<unknown>[]): string {
  const rows = keys.map((key) => [`\`${key.name}\``, defaultOf(key), meaningOf(key)]);
  return markdownTable(["Key", "Default", "Meaning"], rows);
}

function defaultOf({ default: text }: Key<unknown>): string {
  return text === undefined ? "" : text === "" ? "empty" : `\`${text}\``;
}

function meaningOf(key: Key<unknown>): string {
  const { description, otherNames = [], oldNames = [], environment, fallbacks = [] } = key;
  const names = (words: readonly string[]) => words.map((word) => `\`${word}\``).join(", ");
  return [
    description,
    ...(key.isMap ? [`Entries may be keys of their own: \`${key.name}.entry\`.`] : []),
    ...(otherNames.length === 0 ? [] : [`Also ${names(otherNames)}.`]),
    ...(environment === undefined ? [] : [`${names([environment])} in the environment wins.`]),
    ...(fallbacks.length === 0
      ? []
      : [`Without it ${names(fallbacks)} of the environment counts.`]),
    ...(oldNames.length === 0 ? [] : [`Old: ${names(oldNames)}.`]),
    ...(key.isSensitive ? ["Never shown."] : []),
  ].join(" ");
}

/** A table whose columns are as wide as what stands in them. */
export function markdownTable(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const lines = [titles, ...rows].map((line) => line.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = titles.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const format = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  const [head, ...body] = lines.map(format);
  return [head, format(widths.map((width) => "-".repeat(width))), ...body].join("\n");
}
