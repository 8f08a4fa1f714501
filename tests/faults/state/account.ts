import type { Expectation } from "../../../src/state/entry.ts";

/** One write of an entry, as its only writer sends it. */
export interface Write {
  kind: "put" | "delete";
  /** Grows with each write; the content of a put names it. */
  number: number;
  expect: Expectation | undefined;
  /** The leadership to which it is sent: another one refuses it. */
  epoch: bigint;
}

/** A version as it was read, with the number that its content names. */
export interface SeenVersion {
  version: bigint;
  epoch: bigint;
  number: number;
}

/** What a put was told. */
export interface Acknowledgement {
  version: bigint;
  epoch: bigint;
  isNew: boolean;
}

type Fate =
  /** It may have taken effect, or may yet. */
  | { kind: "open" }
  | { kind: "written"; version: bigint }
  /** It surely did nothing. */
  | { kind: "refused" }
  /** Whether or not it took effect, it does nothing any more. */
  | { kind: "over" };

type Settled = { version: bigint; number: number };

/**
 * What the only writer of an entry may believe of it. A write without an answer stays open until a later
 * leadership is known to have begun, for then it is fenced off. What does not fit is a complaint.
 */
export class Account {
  readonly name: string;
  readonly complaints: string[] = [];
  readonly #fates = new Map<number, { write: Write; fate: Fate }>();
  #open: Write[] = [];
  /** The last state that was certain; undefined: no entry. Only open writes can have come after it. */
  #settled: Settled | undefined;
  /** The largest version that is known of. */
  #newest = 0n;
  /** The oldest version that was there when all were looked at. */
  #oldestSeen = 0n;

  constructor(name: string) {
    this.name = name;
  }

  /** The version to expect; undefined where there is no entry. */
  get version(): bigint | undefined {
    return this.#settled?.version;
  }

  /** A write is about to be sent. */
  begin(kind: Write["kind"], epoch: bigint, expect?: Expectation): Write {
    const write = { kind, number: this.#fates.size + 1, expect, epoch };
    this.#fates.set(write.number, { write, fate: { kind: "open" } });
    this.#open.push(write);
    return write;
  }

  /** A put was acknowledged. */
  written(write: Write, told: Acknowledgement): void {
    const fate = this.#fateOf(write.number);
    const label = `put ${write.number}`;
    this.require(told.epoch === write.epoch, `${label} was done in epoch ${told.epoch}`);
    if (fate?.kind === "written") {
      this.require(fate.version === told.version, `${label} was told another version than it has`);
    } else if (fate?.kind === "open") {
      this.#requireMet(write);
      const isSure = this.#open.length === 1;
      const isNew = this.#settled === undefined;
      this.require(!isSure || told.isNew === isNew, `${label} was told isNew ${told.isNew}`);
      this.require(told.version > this.#newest, `${label} got ${told.version}, which is not new`);
      this.#setWritten(write.number, told.version);
      this.#settle({ version: told.version, number: write.number }, write.epoch);
    } else {
      const isOlder = told.version < this.#oldestSeen;
      this.require(isOlder, `${label} was acknowledged, and was not there before`);
    }
  }

  /** A deletion was acknowledged. */
  deleted(write: Write): void {
    const isOpen = this.#fateOf(write.number)?.kind === "open";
    const label = `deletion ${write.number}`;
    this.require(isOpen || this.#settled === undefined, `${label} was acknowledged, and not done`);
    if (!isOpen) return;
    this.#requireMet({ ...write, expect: write.expect ?? "present" });
    this.#settle(undefined, write.epoch);
  }

  /** The write surely did nothing; `found` is the version that it met, null if there was no entry. */
  refused(write: Write, found?: bigint | null): void {
    const { number } = write;
    const isWritten = this.#fateOf(number)?.kind === "written";
    this.require(!isWritten, `put ${number} was refused, and had been written`);
    this.#fates.set(number, { write, fate: { kind: "refused" } });
    this.#open = this.#open.filter((other) => other.number !== number);
    if (found !== undefined) this.#requireUnmet(write, found ?? undefined);
  }

  /** All versions there are, newest first, read after the leadership of this epoch had begun. */
  observed(versions: readonly SeenVersion[], epoch: bigint): void {
    const [newest] = versions;
    this.#requirePossible(newest);
    for (const [index, seen] of versions.entries()) {
      this.#requireKnown(seen);
      const older = versions[index + 1];
      if (older !== undefined) this.#requireOrder(seen, older);
    }
    this.#requireListed(versions);
    for (const { number, version } of versions) this.#setWritten(number, version);
    this.#oldestSeen = versions.at(-1)?.version ?? 0n;
    this.#settle(newest, epoch);
  }

  require(holds: boolean, complaint: string): void {
    if (!holds) this.complaints.push(`${this.name}: ${complaint}`);
  }

  #fateOf(number: number): Fate | undefined {
    return this.#fates.get(number)?.fate;
  }

  #setWritten(number: number, version: bigint): void {
    const known = this.#fates.get(number);
    if (known !== undefined) known.fate = { kind: "written", version };
  }

  #settle(state: Settled | undefined, epoch: bigint): void {
    this.#settled = state && { version: state.version, number: state.number };
    if (state !== undefined && state.version > this.#newest) this.#newest = state.version;
    for (const write of this.#open) if (!this.#mayComeYet(write, epoch)) this.#end(write);
    this.#open = this.#open.filter(({ number }) => this.#fateOf(number)?.kind === "open");
  }

  // The same leadership may still be at work on one whose sender has given up.
  #mayComeYet({ number, expect, epoch: own }: Write, epoch: bigint): boolean {
    if (number === this.#settled?.number || own < epoch) return false;
    return typeof expect !== "object" || expect.version >= this.#newest;
  }

  #end({ number }: Write): void {
    const known = this.#fates.get(number)!;
    if (known.fate.kind === "open") known.fate = { kind: "over" };
  }

  get #mayBeAbsent(): boolean {
    return this.#settled === undefined || this.#open.some(({ kind }) => kind === "delete");
  }

  get #mayBePresent(): boolean {
    return this.#settled !== undefined || this.#open.some(({ kind }) => kind === "put");
  }

  #mayHave(version: bigint): boolean {
    if (version === this.#settled?.version) return true;
    return version > this.#newest && this.#open.some(({ kind }) => kind === "put");
  }

  #requireMet({ kind, number, expect }: Write): void {
    const others = this.#open.filter((other) => other.number !== number);
    const isSure = others.length === 0;
    const isMet = expect === undefined || !isSure || meets(this.#settled?.version, expect);
    this.require(isMet, `${kind} ${number} was done, and what it expected was not there`);
  }

  #requireUnmet({ kind, number, expect = "present" }: Write, found: bigint | undefined): void {
    const label = `${kind} ${number}`;
    this.require(!meets(found, expect), `${label} was refused though it expected ${found}`);
    const isPossible = found === undefined ? this.#mayBeAbsent : this.#mayHave(found);
    this.require(isPossible, `${label} met version ${found}, which cannot have been there`);
  }

  #requirePossible(newest: SeenVersion | undefined): void {
    if (newest === undefined) {
      this.require(this.#mayBeAbsent, `there is no entry, and ${this.#described} was certain`);
      return;
    }
    const { number, version } = newest;
    const isSettled = number === this.#settled?.number;
    const isOpen = this.#fateOf(number)?.kind === "open";
    const found = `put ${number} with version ${version} is there`;
    this.require(isSettled || isOpen, `${found}, and ${this.#described} was certain`);
    const isRight = isSettled ? version === this.#settled!.version : version > this.#newest;
    this.require(isRight, `${found}, and ${this.#newest} was the newest before`);
  }

  get #described(): string {
    if (this.#settled === undefined) return "none";
    return `put ${this.#settled.number} with version ${this.#settled.version}`;
  }

  #requireKnown({ number, version, epoch }: SeenVersion): void {
    const known = this.#fates.get(number);
    const label = `version ${version} is put ${number}`;
    this.require(known?.write.kind === "put", `${label}, which nobody sent`);
    if (known === undefined) return;
    const { write, fate } = known;
    this.require(fate.kind !== "refused", `${label}, which was refused`);
    this.require(epoch === write.epoch, `${label} of epoch ${write.epoch}, and says ${epoch}`);
    const isRight = fate.kind !== "written" || fate.version === version;
    this.require(isRight, `${label}, which had another version`);
  }

  #requireOrder(seen: SeenVersion, older: SeenVersion): void {
    const order = `${seen.version} stands above ${older.version}`;
    this.require(seen.version > older.version, order);
    this.require(seen.epoch >= older.epoch, `${order}, and its epoch is older`);
    const expect = this.#fates.get(seen.number)?.write.expect;
    const isMet = expect === undefined || meets(older.version, expect);
    this.require(isMet, `${order}, which it did not expect`);
  }

  // Only the oldest are dropped.
  #requireListed(versions: readonly SeenVersion[]): void {
    const oldest = versions.at(-1)?.version;
    if (oldest === undefined) return;
    const numbers = new Set(versions.map(({ number }) => number));
    for (const { write: { number }, fate } of this.#fates.values()) {
      if (fate.kind !== "written" || fate.version < oldest) continue;
      this.require(numbers.has(number), `put ${number} with version ${fate.version} is not there`);
    }
  }
}

function meets(version: bigint | undefined, expect: Expectation): boolean {
  switch (expect) {
    case "absent":
      return version === undefined;
    case "present":
      return version !== undefined;
    default:
      return version === expect.version;
  }
}
