import { createHash } from "node:crypto";
import type { Expectation } from "../../../src/state/entry.ts";
import { decodePointer, type Pointer } from "../../../src/state/pointer.ts";
import type { FakeCommit, FakeTree } from "./fake_ensemble.ts";

export const ENTRIES = "/flink/c/masterd/state/entries";

/** What a reader sees of an entry from a moment on. */
interface Seen {
  at: number;
  /** Undefined: no such entry. */
  version: bigint | undefined;
  sha256: string | undefined;
}

/** A version that was written. */
interface Write {
  name: string;
  version: bigint;
  sha256: string;
  at: number;
  /** What was there before. */
  before: bigint | undefined;
}

/** What a put was promised, and what it was told. */
export interface PutRecord {
  name: string;
  sha256: string;
  expect: Expectation | undefined;
  from: number;
  until: number;
}

const DECODED = new WeakMap<Uint8Array, Pointer>();

/** All that ever happened to the entries, and what must not have. */
export class StateHistory {
  readonly violations: string[] = [];
  readonly #blobs: ReadonlyMap<string, Uint8Array>;
  readonly #now: () => number;
  readonly #seen = new Map<string, Seen[]>();
  readonly #writes: Write[] = [];
  readonly #newest = new Map<string, bigint>();
  readonly #deletions: { name: string; session: bigint; at: number }[] = [];

  constructor(blobs: ReadonlyMap<string, Uint8Array>, now: () => number) {
    this.#blobs = blobs;
    this.#now = now;
  }

  require(isTrue: boolean, fact: string): void {
    if (!isTrue) this.violations.push(`step ${this.#now()}: ${fact}`);
  }

  /** Looks at a change as soon as it is there. */
  observe({ steps, session, before, after }: FakeCommit): void {
    const isOfState = steps.some(({ path }) => path.startsWith(`${ENTRIES}/`));
    if (!isOfState) return;
    const isLeader = [...before.values()].some(({ owner }) => owner === session && owner !== 0n);
    this.require(isLeader, `session ${session} wrote an entry and had no latch node`);
    for (const { path } of steps) {
      if (path.startsWith(`${ENTRIES}/`)) this.#observeEntry(path, session, before, after);
    }
    this.requireBlobs(after);
  }

  /** Every pointer leads to blobs that are there and whole. */
  requireBlobs(tree: FakeTree): void {
    for (const [path, pointer] of pointersIn(tree)) {
      if (pointer.isDeleted) continue;
      for (const { blob, length, sha256, version } of pointer.versions) {
        const entry = [...this.#blobs].find(([name]) => name.endsWith(`/${blob}`))?.[1];
        const isWhole = entry?.length === length && sha256Of(entry) === sha256;
        this.require(isWhole, `version ${version} of ${path} leads to no blob, or a damaged one`);
      }
    }
  }

  /** A put that was acknowledged was written once, while it was under way. */
  requireWritten(put: PutRecord, told: { version: bigint; isNew: boolean }): void {
    const { name, sha256, from, until } = put;
    const writes = this.#writes.filter((write) => write.name === name && write.sha256 === sha256);
    const [write] = writes;
    this.require(writes.length === 1, `a put of ${name} was written ${writes.length} times`);
    if (write === undefined) return;
    const isInTime = from <= write.at && write.at <= until;
    this.require(isInTime && write.version === told.version, `a put of ${name} was misreported`);
    this.require(told.isNew === (write.before === undefined), `isNew of ${name} is wrong`);
  }

  /** A put that surely did nothing was never written; to be asked in the end. */
  requireNotWritten({ sha256, name }: PutRecord, why: string): void {
    const isWritten = this.#writes.some((write) => write.sha256 === sha256);
    this.require(!isWritten, `a put of ${name} was refused (${why}) and written all the same`);
  }

  /** Whoever expected something found it. */
  requireExpected({ name, sha256, expect }: PutRecord): void {
    for (const { before } of this.#writes.filter((write) => write.sha256 === sha256)) {
      this.require(satisfies(before, expect), `a put of ${name} overwrote what it did not expect`);
    }
  }

  /** There was a time, in this span, at which this was what readers had to see. */
  requireSeen(
    name: string,
    version: bigint | undefined,
    { from, until }: { from: number; until: number },
  ): void {
    const wasThere = this.#during(name, from, until).some((seen) => seen.version === version);
    this.require(wasThere, `${name} was read as ${version} when it never was`);
  }

  /** There was a time, in this span, at which the expectation was not met. */
  requireMismatch({ name, expect, from, until }: PutRecord): void {
    const wasUnmet = this.#during(name, from, until).some(({ version }) =>
      !satisfies(version, expect)
    );
    this.require(wasUnmet, `a put of ${name} was refused though all was as expected`);
  }

  /** As many deletions happened as were acknowledged, or up to as many more as are uncertain. */
  requireDeletions(name: string, session: bigint, acknowledged: number, uncertain: number): void {
    const count =
      this.#deletions.filter((deletion) => deletion.name === name && deletion.session === session)
        .length;
    const isRight = acknowledged <= count && count <= acknowledged + uncertain;
    this.require(isRight, `${name}: ${count} deletions, ${acknowledged} acknowledged`);
  }

  /** What readers must see now. */
  current(name: string): bigint | undefined {
    return this.#seen.get(name)?.at(-1)?.version;
  }

  #observeEntry(path: string, session: bigint, before: FakeTree, after: FakeTree): void {
    const name = path.slice(ENTRIES.length + 1);
    const old = visible(path, before);
    const fresh = visible(path, after);
    if (old?.version === fresh?.version) return;
    const at = this.#now();
    const seen = this.#seen.get(name) ?? [];
    this.#seen.set(name, [...seen, { at, version: fresh?.version, sha256: fresh?.sha256 }]);
    if (fresh === undefined) {
      this.#deletions.push({ name, session, at });
      return;
    }
    const newest = this.#newest.get(name) ?? 0n;
    this.require(fresh.version > newest, `${name} went from ${newest} to ${fresh.version}`);
    this.#newest.set(name, fresh.version);
    const { version, sha256 } = fresh;
    this.#writes.push({ name, version, sha256, at, before: old?.version });
  }

  #during(name: string, from: number, until: number): Seen[] {
    const seen = [{ at: 0, version: undefined, sha256: undefined }, ...this.#seen.get(name) ?? []];
    return seen.filter(({ at }, index) => at <= until && (seen[index + 1]?.at ?? until) >= from);
  }
}

/** Pointers by path. */
export function pointersIn(tree: FakeTree): [string, Pointer][] {
  const found: [string, Pointer][] = [];
  for (const [path, { data }] of tree) {
    if (path.startsWith(`${ENTRIES}/`)) found.push([path, decode(path, data)]);
  }
  return found;
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function decode(path: string, data: Uint8Array): Pointer {
  const known = DECODED.get(data);
  if (known !== undefined) return known;
  const decoded = decodePointer(path.slice(ENTRIES.length + 1), data);
  if (decoded.kind === "unreadable") throw new Error(decoded.problem);
  DECODED.set(data, decoded.pointer);
  return decoded.pointer;
}

function visible(
  path: string,
  tree: FakeTree,
): { version: bigint; sha256: string } | undefined {
  const data = tree.get(path)?.data;
  if (data === undefined) return undefined;
  const pointer = decode(path, data);
  return pointer.isDeleted ? undefined : pointer.versions[0];
}

function satisfies(version: bigint | undefined, expect: Expectation | undefined): boolean {
  if (expect === undefined) return true;
  if (expect === "absent") return version === undefined;
  if (expect === "present") return version !== undefined;
  return version === expect.version;
}
