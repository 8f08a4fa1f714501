const INITIAL_CAPACITY = 512;
/** A buffer that one long reply has stretched is not kept. */
const MAX_KEPT_CAPACITY = 64 * 1024;

/** Replies that wait for the same transaction: `count` of them end before `end`. */
interface Mark {
  readonly gate: bigint;
  end: number;
  count: number;
  /** When their requests came, for statistics; in milliseconds. */
  readonly sinceMs: number;
}

/**
 * What one connection has to be sent, in order. Each frame may leave once the newest transaction that
 * it may show is durable, so that nobody ever sees what a crash could take back.
 */
export class Outbox {
  #bytes = new Uint8Array(0);
  #spare = new Uint8Array(0);
  #end = 0;
  #released = 0;
  #marks: Mark[] = [];
  #firstMark = 0;
  #waitingCount = 0;

  /** Frames that wait for their transaction. */
  get waitingCount(): number {
    return this.#waitingCount;
  }

  /** Bytes that may be sent now. */
  get releasedBytes(): number {
    return this.#released;
  }

  /** All bytes that are not handed over yet. */
  get pendingBytes(): number {
    return this.#end;
  }

  /** Since when the oldest frame waits for its transaction; undefined if none does. */
  get waitingSinceMs(): number | undefined {
    return this.#marks[this.#firstMark]?.sinceMs;
  }

  /** Adds a frame behind all others. */
  push(frame: Uint8Array, options: { gate: bigint; durable: bigint; sinceMs: number }): void {
    const { gate, durable, sinceMs } = options;
    this.#append(frame);
    if (this.#waitingCount === 0 && gate <= durable) {
      this.#released = this.#end;
      return;
    }
    this.#waitingCount++;
    const last = this.#marks.at(-1);
    // A frame that needs less than the one before it goes with that.
    if (last !== undefined && gate <= last.gate && last.sinceMs === sinceMs) {
      last.end = this.#end;
      last.count++;
    } else {
      const lastGate = last !== undefined && last.gate > gate ? last.gate : gate;
      this.#marks.push({ gate: lastGate, end: this.#end, count: 1, sinceMs });
    }
  }

  /** Lets go what waited for transactions that are durable; `tell` is given what that was. */
  release(durable: bigint, tell: (count: number, sinceMs: number) => void): void {
    const marks = this.#marks;
    let index = this.#firstMark;
    for (; index < marks.length && marks[index]!.gate <= durable; index++) {
      const { end, count, sinceMs } = marks[index]!;
      this.#released = end;
      this.#waitingCount -= count;
      tell(count, sinceMs);
    }
    this.#firstMark = index;
    if (index === marks.length) this.#forgetMarks();
    else if (index > 1024) this.#forgetMarks(index);
  }

  /** Hands over what may be sent; to be given back by `recycle()` when it was sent. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#bytes.subarray(0, this.#released);
    const rest = this.#bytes.subarray(this.#released, this.#end);
    const shift = this.#released;
    this.#bytes = this.#spare;
    this.#spare = new Uint8Array(0);
    this.#end = this.#released = 0;
    if (rest.length > 0) this.#append(rest);
    for (let index = this.#firstMark; index < this.#marks.length; index++) {
      this.#marks[index]!.end -= shift;
    }
    return taken;
  }

  /** Takes a buffer back that `take()` has handed over, to be used again. */
  recycle(taken: Uint8Array<ArrayBuffer>): void {
    const isKept = taken.buffer.byteLength <= MAX_KEPT_CAPACITY;
    if (isKept && this.#spare.length === 0) this.#spare = new Uint8Array(taken.buffer);
    // An idle connection holds no more than it needs for a ping.
    if (this.#end === 0 && this.#spare.length > INITIAL_CAPACITY) {
      this.#spare = new Uint8Array(0);
    }
  }

  /** Throws all away. */
  clear(): void {
    this.#bytes = this.#spare = new Uint8Array(0);
    this.#end = this.#released = this.#waitingCount = 0;
    this.#forgetMarks();
  }

  #append(bytes: Uint8Array): void {
    const needed = this.#end + bytes.length;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2, INITIAL_CAPACITY));
      grown.set(this.#bytes.subarray(0, this.#end));
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.#end);
    this.#end = needed;
  }

  #forgetMarks(count = this.#marks.length): void {
    if (count === this.#marks.length) this.#marks = [];
    else this.#marks = this.#marks.slice(count);
    this.#firstMark = 0;
  }
}
