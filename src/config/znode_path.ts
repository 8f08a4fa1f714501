import { invalidValue } from "./config_error.ts";

// What ZooKeeper refuses in a path: control characters, surrogates, private use, specials.
// deno-lint-ignore no-control-regex
const REFUSED = /[\u0000-\u001f\u007f-\u009f\ud800-\uf8ff\ufff0-\uffff]/;

/** Joins parts of a znode path whatever slashes they begin or end with; no part at all gives `/`. */
export function joinZnodePath(...parts: readonly string[]): string {
  const trimmed = parts.map((part) => part.replace(/^\/+|\/+$/g, "")).filter((part) => part !== "");
  return `/${trimmed.join("/")}`;
}

/** Reads a path of ZooKeeper as `/name` or `/several/names`; the slashes at both ends are optional. */
export function parseZnodePath(text: string): string {
  const path = joinZnodePath(text.trim());
  if (path === "/") return path;
  if (REFUSED.test(path)) {
    throw invalidValue(
      text,
      `${JSON.stringify(text)} holds characters that ZooKeeper refuses in a path; write plain text`,
    );
  }
  const bad = path.slice(1).split("/").find((name) => ["", ".", ".."].includes(name));
  if (bad === undefined) return path;
  throw invalidValue(
    text,
    `${JSON.stringify(text)} has the path part ${JSON.stringify(bad)}, which ZooKeeper refuses; ` +
      `write a path such as /cluster_one`,
  );
}
