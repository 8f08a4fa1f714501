import {
  AddWatchMode,
  CreateFlag,
  Permission,
  WatcherType,
} from "../../src/zookeeper/wire/constants.ts";
import type { Acl } from "../../src/zookeeper/wire/records.ts";
import type { RandomSource } from "../unit/election/random_source.ts";
import { USER_DIGEST } from "./identities.ts";
import type { Request } from "./step.ts";
import type { Targets } from "./targets.ts";

/**
 * The one client that has persistent watches, and no others: 3.8.0 loses one of two kinds that a
 * connection has on one path.
 */
export const PERSISTENT_CLIENT = 1;

const ANYONE = { scheme: "world", id: "anyone" };
const OPEN: readonly Acl[] = [{ permissions: Permission.all, id: ANYONE }];
const SHARED: readonly Acl[] = [
  { permissions: 15, id: { scheme: "digest", id: USER_DIGEST } },
  { permissions: Permission.read, id: { scheme: "ip", id: "127.0.0.0/8" } },
];
const ACLS: readonly (readonly Acl[])[] = [
  ...Array.from({ length: 50 }, () => OPEN),
  ...Object.values(Permission).map((one) => [{ permissions: Permission.all & ~one, id: ANYONE }]),
  [],
  [{ permissions: Permission.read, id: ANYONE }],
  [{ permissions: Permission.all, id: { scheme: "auth", id: "" } }],
  ...Array.from({ length: 3 }, () => SHARED),
  [{ permissions: Permission.all, id: { scheme: "ip", id: "10.0.0.1" } }, ...OPEN],
  [{ permissions: Permission.all, id: { scheme: "nobody's", id: "x" } }],
];
// Most can be had, and those of nodes with a time to live not in every way to create.
const MODES = [0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 6, 7];
const DATA = [null, new Uint8Array(0), new Uint8Array([1, 2, 3]), new Uint8Array(300).fill(7)];
const UNKNOWN_MODE = 7;
const TTL_FLAGS: ReadonlySet<number | undefined> = new Set([
  CreateFlag.persistentWithTtl,
  CreateFlag.persistentSequentialWithTtl,
]);
const EPHEMERAL_FLAGS: ReadonlySet<number> = new Set([
  CreateFlag.ephemeral,
  CreateFlag.ephemeralSequential,
]);
const MAX_TTL_MS = 1n << 40n;

interface OnOneNode {
  readonly name: Request["name"];
  readonly body: { readonly path: string; readonly [field: string]: unknown };
}

/** Random requests, right and wrong ones. */
export class Requests {
  readonly #random: RandomSource;
  readonly #targets: Targets;

  constructor(random: RandomSource, targets: Targets) {
    this.#random = random;
    this.#targets = targets;
  }

  next(client: number): Request {
    const kind = this.#below(100);
    if (kind < 47) return this.#write();
    if (kind < 52) return this.#newAcl();
    if (kind < 62) return { name: "multi", body: this.#parts() };
    if (kind < 84) return this.#read(client);
    if (kind < 96) return this.#watch(client);
    return this.#pick<Request>([
      { name: "sync", body: { path: this.#targets.any() } },
      { name: "whoAmI", body: undefined },
      { name: "ping", body: undefined },
      { name: "reconfig", body: { joining: null, leaving: null, newMembers: null, configId: -1n } },
    ]);
  }

  #write(): OnOneNode {
    const kind = this.#below(18);
    if (kind < 5) return { name: "create", body: this.#creation() };
    if (kind < 8) return { name: "create2", body: this.#creation() };
    if (kind < 9) return { name: "createContainer", body: this.#creation() };
    if (kind < 10) return { name: "createTTL", body: this.#passingCreation() };
    const version = this.#version();
    if (kind < 14) return { name: "delete", body: { path: this.#targets.victim(), version } };
    return {
      name: "setData",
      body: { path: this.#targets.any(), data: this.#pick(DATA), version },
    };
  }

  #newAcl(): Request {
    const body = {
      path: this.#targets.any(),
      acl: this.#pick(ACLS),
      version: this.#version(),
    };
    return { name: "setACL", body };
  }

  #parts(): readonly unknown[] {
    const parts: { operation: string; body: unknown }[] = [];
    // Now and then one node several times: each part has to find what those before it did.
    const only = this.#below(3) === 0 ? this.#targets.any() : undefined;
    for (let count = this.#below(5); count > 0; count--) {
      const { name, body } = this.#write();
      const path = only ?? body.path;
      parts.push({ operation: name, body: { ...body, path } });
      if (this.#below(5) > 0) continue;
      const checked = { path, version: this.#version() };
      parts.push({ operation: "check", body: checked });
    }
    if (this.#below(20) === 0) {
      parts.push({ operation: "getData", body: { path: "/", watch: false } });
    }
    return parts;
  }

  #read(client: number): Request {
    const path = this.#targets.any();
    const kind = this.#below(9);
    if (kind === 0) return { name: "getACL", body: { path } };
    if (kind === 1) return { name: "getEphemerals", body: { path: this.#targets.prefix() } };
    if (kind === 2) return { name: "getAllChildrenNumber", body: { path: path || "/" } };
    if (kind === 3) return { name: "multiRead", body: this.#readParts() };
    const names = ["exists", "getData", "getData", "getChildren", "getChildren2"] as const;
    const watch = client !== PERSISTENT_CLIENT && this.#below(3) === 0;
    return { name: this.#pick(names), body: { path, watch } };
  }

  #readParts(): readonly unknown[] {
    return Array.from({ length: this.#below(4) }, () => ({
      operation: this.#pick(["getData", "getChildren"]),
      body: { path: this.#targets.any(), watch: false },
    }));
  }

  #watch(client: number): Request {
    const path = this.#targets.view();
    const isRemoval = this.#below(4) === 0;
    if (isRemoval) return this.#removal(client);
    if (client === PERSISTENT_CLIENT) {
      const mode = this.#below(20) === 0 ? UNKNOWN_MODE : modeFor(path);
      return { name: "addWatch", body: { path, mode } };
    }
    return {
      name: this.#pick(["exists", "getChildren"]),
      body: { path, watch: true },
    };
  }

  #removal(client: number): Request {
    const type = client === PERSISTENT_CLIENT ? WatcherType.any : this.#below(4);
    return { name: "removeWatches", body: { path: this.#targets.watchedBy(client), type } };
  }

  #creation() {
    return {
      path: this.#targets.newcomer(),
      data: this.#pick(DATA),
      acl: this.#pick(ACLS),
      flags: this.#pick(MODES),
    };
  }

  #passingCreation() {
    const flags = this.#pick([5, 5, 5, 5, 6, 6, 6, 0, 1]);
    const ttlMs = this.#below(4) > 0
      ? 100_000n
      : this.#pick([0n, -1n, MAX_TTL_MS, 2n * MAX_TTL_MS]);
    // A wrong time to live of a node that has none: which of two errors comes is no matter.
    return { ...this.#creation(), flags, ttlMs: flags < 5 && ttlMs < 0n ? 5n : ttlMs };
  }

  #version(): number {
    return this.#pick([-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 1, 2]);
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#below(list.length)]!;
  }

  #below(limit: number): number {
    return this.#random.below(limit);
  }
}

/** Always the same for a path: 3.8.0 loses one of two that a connection has there. */
export function modeFor(path: string): number {
  return path.length % 2 === 0 ? AddWatchMode.persistent : AddWatchMode.persistentRecursive;
}

/**
 * Whether 3.8.0 answers what is sent right behind the request by what it had planned, and not by what it
 * did then: it forgets to take back a multi with a wrong time to live, and what the flags say of a
 * container's kind is true only until the container is there.
 */
export function isPlannedOtherwise({ name, body }: Request): boolean {
  if (name === "createContainer") return EPHEMERAL_FLAGS.has((body as Creation).flags);
  if (name !== "multi") return false;
  const parts = body as readonly { body: Partial<Creation> }[];
  return parts.some(({ body: { flags, ttlMs = 0n } }) =>
    TTL_FLAGS.has(flags) && (ttlMs <= 0n || ttlMs >= MAX_TTL_MS)
  );
}

interface Creation {
  readonly flags: number;
  readonly ttlMs: bigint;
}
