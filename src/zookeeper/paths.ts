import { InvalidArgumentError } from "./errors.ts";

// ZooKeeper refuses these: control characters, and code points that are no characters.
// deno-lint-ignore no-control-regex
const REFUSED = /[\u0000-\u001f\u007f-\u009f\ud800-\uf8ff\ufff0-\uffff]/;

/**
 * Checks a path by ZooKeeper's rules, so that a mistake is told here and not as a lost connection.
 * @throws {InvalidArgumentError}
 */
export function validatePath(path: string, options: { isSequential?: boolean } = {}): void {
  const fail = (why: string) => {
    throw new InvalidArgumentError(`Cannot use path ${JSON.stringify(path)}: ${why}`);
  };
  if (!path.startsWith("/")) fail("it does not start with a slash");
  const refused = REFUSED.exec(path);
  if (refused !== null) fail(`it holds the character ${JSON.stringify(refused[0])}`);
  if (path === "/") return;
  // A sequential node may be named by its number alone: the path then ends with a slash.
  const names = (options.isSequential ? `${path}0` : path).slice(1).split("/");
  if (names.includes("")) fail("it has an empty name");
  if (names.includes(".") || names.includes("..")) fail("it has a relative name");
}

/** The path one level up; the root is its own parent. */
export function parentPath(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

/** The path of a child. */
export function joinPath(parent: string, name: string): string {
  return parent === "/" ? `/${name}` : `${parent}/${name}`;
}

/** Translates between the paths a caller uses and those of the server, below a chroot. */
export class Chroot {
  readonly #root: string;

  /** @param root a path, or "" or "/" for none */
  constructor(root: string) {
    this.#root = root === "/" ? "" : root;
  }

  /** A sequential node that is named by its number alone keeps the slash at the end of its path. */
  toServer(path: string, options: { isSequential?: boolean } = {}): string {
    if (this.#root === "") return path;
    return path === "/" && !options.isSequential ? this.#root : this.#root + path;
  }

  /** A path outside the chroot (the server may show one, such as /zookeeper) is left as it is. */
  toClient(path: string): string {
    if (path === this.#root) return "/";
    return path.startsWith(`${this.#root}/`) ? path.slice(this.#root.length) : path;
  }
}
