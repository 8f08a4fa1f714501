import type { RandomSource } from "../unit/election/random_source.ts";

const NAMES = ["a", "b", "c"];
const ROOT = "/";
const ODD_PATHS = [
  "/",
  "",
  "/a/",
  "//",
  "a",
  "/zookeeper",
  "/zookeeper/quota/a",
  "/zookeeper/config",
  "/a\u0000",
  "/./a",
  "/..",
];
// How many of the paths made last are aimed at; sequential names would not be met by chance.
const REMEMBERED = 30;
// Most watches do not last long.
const WATCHES_REMEMBERED = 5;

/** The few paths that a program aims at, so that its clients meet often. */
export class Targets {
  readonly #random: RandomSource;
  #created: string[] = [];
  #latest = ROOT;
  readonly #watched = new Map<number, string[]>();

  constructor(random: RandomSource) {
    this.#random = random;
  }

  /** What was made or changed last. */
  get latest(): string {
    return this.#latest;
  }

  changed(path: string): void {
    this.#latest = path;
  }

  created(path: string): void {
    this.#latest = path;
    this.#created.push(path);
    if (this.#created.length > REMEMBERED) this.#created.shift();
  }

  watched(client: number, path: string): void {
    const paths = this.#watched.get(client) ?? [];
    this.#watched.set(client, [...paths, path].slice(-WATCHES_REMEMBERED));
  }

  deleted(path: string): void {
    this.#created = this.#created.filter((other) => other !== path);
  }

  any(): string {
    if (this.#created.length > 0 && this.#random.below(3) > 0) return this.#known();
    if (this.#random.below(20) === 0) return this.#pick(ODD_PATHS);
    return Array.from({ length: 1 + this.#random.below(3) }, () => `/${this.#pick(NAMES)}`).join(
      "",
    );
  }

  /** Something to make, mostly where there may be a place for it. */
  newcomer(): string {
    const kind = this.#random.below(6);
    if (kind === 0) return this.any();
    const parent = kind < 3 || this.#created.length === 0 ? "" : this.#known();
    return `${parent}/${this.#pick(NAMES)}`;
  }

  /** More often than not something that is there and has nothing below it. */
  victim(): string {
    if (this.#created.length === 0 || this.#random.below(4) === 0) return this.any();
    const some = Array.from({ length: 4 }, () => this.#known());
    return some.reduce((one, other) => depth(other) > depth(one) ? other : one);
  }

  /** Something to watch: what others aim at, what is above it, and what they may make next. */
  view(): string {
    const kind = this.#random.below(3);
    if (kind === 0) return this.newcomer();
    const path = this.any();
    return kind === 1 ? path : path.slice(0, path.lastIndexOf("/")) || ROOT;
  }

  /** More often than not something that the client watches. */
  watchedBy(client: number): string {
    const paths = this.#watched.get(client) ?? [];
    return paths.length > 0 && this.#random.below(4) > 0 ? this.#pick(paths) : this.any();
  }

  /** The beginning of a path, which may end within a name. */
  prefix(): string {
    const path = this.any();
    return this.#random.below(2) === 0 ? path : path.slice(0, this.#random.below(path.length + 1));
  }

  #known(): string {
    return this.#pick(this.#created);
  }

  #pick(list: readonly string[]): string {
    return list[this.#random.below(list.length)]!;
  }
}

function depth(path: string): number {
  return path.split("/").length;
}
