const LIMIT_MS = 5000;

/** Things that come one after another, to be waited for in that order. */
export class Arrivals<T> {
  readonly #name: string;
  readonly #items: T[] = [];
  readonly #waiting: ((item: T) => void)[] = [];
  #count = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** How many have come, taken or not. */
  get count(): number {
    return this.#count;
  }

  /** How many have come and were not taken. */
  get left(): number {
    return this.#items.length;
  }

  push(item: T): void {
    this.#count++;
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#items.push(item);
    else waiting(item);
  }

  /** The next one; fails if none comes within five seconds. */
  next(): Promise<T> {
    if (this.#items.length > 0) return Promise.resolve(this.#items.shift()!);
    return new Promise((resolve, reject) => {
      const give = (item: T) => {
        clearTimeout(timer);
        resolve(item);
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(give), 1);
        reject(new Error(`No ${this.#name} came within ${LIMIT_MS} ms`));
      }, LIMIT_MS);
      this.#waiting.push(give);
    });
  }
}
