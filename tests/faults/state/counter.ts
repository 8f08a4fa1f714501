import { delay } from "../../../src/async/delay.ts";
import { describeError } from "../../../src/log/logger.ts";
import { exchange } from "../../../src/storage/http_exchange.ts";
import type { LeaderPlace, LeaderSearch } from "./leader_search.ts";
import { readWriteAnswer } from "./state_call.ts";

const PATIENCE_MS = 1000;
const PAUSE_MS = 10;

export interface CounterOptions {
  leaders: LeaderSearch;
  token: string;
  rest: AbortSignal;
  signal: AbortSignal;
}

/** An entry that several raise by one, each by what it has read: none of the steps may be lost. */
export class Counter {
  readonly name: string;
  readonly complaints: string[] = [];
  readonly #acknowledged = new Map<number, bigint>();
  #unknownCount = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** Counts until it is told to rest. */
  async run({ leaders, token, rest, signal }: CounterOptions): Promise<void> {
    while (!rest.aborted && !signal.aborted) {
      const leader = await leaders.newest({ signal: rest }).catch(() => undefined);
      if (leader === undefined) return;
      const isDone = await this.#raise(leader, token, signal);
      if (!isDone) await delay(PAUSE_MS, { signal: rest }).catch(() => {});
    }
  }

  /** What the entry holds once nobody counts; 0 if there is none. */
  observed(value: number): void {
    const newest = Math.max(0, ...this.#acknowledged.keys());
    const count = this.#acknowledged.size;
    const most = count + this.#unknownCount;
    this.require(value >= newest, `it holds ${value}, and ${newest} was acknowledged`);
    this.require(value >= count, `it holds ${value} after ${count} steps`);
    this.require(value <= most, `it holds ${value} after ${most} steps at most`);
  }

  require(holds: boolean, complaint: string): void {
    if (!holds) this.complaints.push(`${this.name}: ${complaint}`);
  }

  async #raise(leader: LeaderPlace, token: string, signal: AbortSignal): Promise<boolean> {
    const found = await this.#read(leader, token, signal).catch(() => undefined);
    if (found === undefined) return false;
    const value = found.value + 1;
    // Counted before: what is not answered may yet be done.
    this.#unknownCount += 1;
    try {
      const answer = await this.#request("PUT", leader, { token, signal, value, tag: found.tag });
      const told = readWriteAnswer(answer.status, answer.text);
      if (told.kind !== "unknown") this.#unknownCount -= 1;
      if (told.kind !== "written") return false;
      this.require(!this.#acknowledged.has(value), `two were told that they made it ${value}`);
      this.#acknowledged.set(value, told.told.version);
      return true;
    } catch (error) {
      // Whoever cannot be reached says nothing; whoever answers out of order is to be heard of.
      const isAnswer = describeError(error).startsWith("The leader answered");
      this.require(!isAnswer, describeError(error));
      return false;
    }
  }

  async #read(
    leader: LeaderPlace,
    token: string,
    signal: AbortSignal,
  ): Promise<{ value: number; tag: string | null } | undefined> {
    const { status, text, tag } = await this.#request("GET", leader, { token, signal });
    if (status === 404) return { value: 0, tag: null };
    return status === 200 ? { value: Number(text), tag } : undefined;
  }

  async #request(
    method: "GET" | "PUT",
    { url }: LeaderPlace,
    { token, signal, value, tag }: {
      token: string;
      signal: AbortSignal;
      value?: number;
      tag?: string | null;
    },
  ): Promise<{ status: number; text: string; tag: string | null }> {
    const condition: Record<string, string> = tag === null
      ? { "if-none-match": "*" }
      : tag === undefined
      ? {}
      : { "if-match": tag };
    const answer = await exchange({
      method,
      url: new URL(`${url}/${this.name}`),
      headers: { authorization: `Bearer ${token}`, ...condition },
      body: value === undefined ? undefined : new TextEncoder().encode(String(value)),
      timeoutMs: PATIENCE_MS,
      signal,
    });
    return { status: answer.status, text: await answer.text(), tag: answer.headers.get("etag") };
  }
}
