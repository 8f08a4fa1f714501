// ZooKeeper refuses these: control characters, and code points that are no characters (PathUtils).
// deno-lint-ignore no-control-regex
const REFUSED = /[\u0000-\u001f\u007f-\u009f\ud800-\uf8ff\ufff0-\uffff]/;

/** Whether a node may have this path, by the rules of ZooKeeper's PathUtils. */
export function isValidPath(path: string): boolean {
  if (!path.startsWith("/") || REFUSED.test(path)) return false;
  if (path === "/") return true;
  return path.slice(1).split("/").every((name) => name !== "" && name !== "." && name !== "..");
}

/** Whether there is a slash before the name, and no NUL that ends a path early (PrepRequestProcessor). */
export function hasParent(path: string): boolean {
  return path.includes("/") && !path.includes("\0");
}

/** The path one level up, as ZooKeeper cuts it: that of a child of the root is empty, and means the root. */
export function parentPath(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

/** The part behind the last slash. */
export function lastName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** What a sequential node's name ends with: Java's `%010d`, whose sign counts as a digit. */
export function sequenceSuffix(sequence: number): string {
  return sequence < 0
    ? `-${String(-sequence).padStart(9, "0")}`
    : String(sequence).padStart(10, "0");
}

/** The same text in a string of its own: a slice would keep the whole path in memory. */
export function ownString(slice: string): string {
  return JSON.parse(JSON.stringify(slice));
}
