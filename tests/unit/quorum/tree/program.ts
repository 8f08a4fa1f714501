import { Database } from "../../../../src/quorum/tree/database.ts";
import type { Transaction } from "../../../../src/quorum/tree/transaction.ts";
import { OpCode } from "../../../../src/zookeeper/wire/constants.ts";
import type { RandomSource } from "../../election/random_source.ts";
import { OPEN } from "./world.ts";

const NAMES = ["a", "b", "c"];
const SESSIONS = [1n, 2n, 3n];
const ACLS = [
  OPEN,
  OPEN,
  [{ permissions: 31, id: { scheme: "digest", id: "user:hash" } }],
  [{ permissions: 3, id: { scheme: "ip", id: "10.0.0.0/8" } }, ...OPEN],
];
/** Nobody is refused, so that most of what is tried happens. */
const SUPER = [{ scheme: "super", id: "" }];

/** Random writes of all kinds on few nodes, so that they meet often. */
export class RandomProgram {
  readonly database = new Database();
  readonly #random: RandomSource;
  #nowMs = 1_000_000n;

  constructor(random: RandomSource) {
    this.#random = random;
    this.database.areTtlNodesAllowed = true;
  }

  /** Does one write. */
  step(): Transaction {
    this.#nowMs += BigInt(this.#random.below(100));
    const { operation, body, sessionId = this.#pick(SESSIONS) } = this.#request();
    const author = { sessionId, identities: SUPER };
    return this.database.write({ operation, body }, author, this.#nowMs).transaction;
  }

  #request(): { operation: number; body?: unknown; sessionId?: bigint } {
    const kind = this.#random.below(20);
    if (kind < 12) return this.#nodeRequest();
    if (kind < 13) {
      return { operation: OpCode.setACL, body: { ...this.#target(), acl: this.#acl() } };
    }
    if (kind < 16) return { operation: OpCode.multi, body: this.#parts() };
    if (kind < 17) return { operation: OpCode.createSession, body: this.#session() };
    if (kind < 18) return { operation: OpCode.closeSession };
    if (kind < 19) return { operation: OpCode.error, body: { error: -5 } };
    const path = [...this.database.expiredNodes(this.#nowMs)][0] ?? "/none";
    return { operation: OpCode.deleteContainer, body: { path }, sessionId: 0n };
  }

  #nodeRequest(): { operation: number; body: unknown } {
    const kind = this.#random.below(10);
    if (kind < 3) return { operation: OpCode.delete, body: this.#target() };
    if (kind < 5) {
      return { operation: OpCode.setData, body: { ...this.#target(), data: this.#data() } };
    }
    const body = {
      path: this.#path(),
      data: this.#data(),
      acl: this.#acl(),
      flags: this.#random.below(5),
      ttlMs: BigInt(1 + this.#random.below(500)),
    };
    if (kind < 6) return { operation: OpCode.createContainer, body };
    if (kind < 7) return { operation: OpCode.createTTL, body: { ...body, flags: 5 } };
    return { operation: OpCode.create2, body };
  }

  #parts(): unknown[] {
    const names = new Map<number, string>([
      [OpCode.create2, "create2"],
      [OpCode.createContainer, "createContainer"],
      [OpCode.createTTL, "createTTL"],
      [OpCode.delete, "delete"],
      [OpCode.setData, "setData"],
    ]);
    return Array.from({ length: this.#random.below(5) }, () => {
      const { operation, body } = this.#nodeRequest();
      return { operation: names.get(operation), body };
    });
  }

  #target(): { path: string; version: number } {
    return { path: this.#path(), version: this.#pick([-1, -1, -1, 0, 1]) };
  }

  #session(): object {
    return { timeoutMs: this.#random.below(10_000), password: this.#random.bytes(4) };
  }

  #path(): string {
    const depth = 1 + this.#random.below(4);
    return Array.from({ length: depth }, () => `/${this.#pick(NAMES)}`).join("");
  }

  #data(): Uint8Array | null {
    return this.#random.below(4) === 0 ? null : this.#random.bytes(this.#random.below(20));
  }

  #acl(): unknown {
    return this.#pick(ACLS);
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#random.below(items.length)]!;
  }
}
