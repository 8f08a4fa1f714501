import type { Acl } from "../../zookeeper/wire/records.ts";
import { keyOf } from "./acls.ts";
import { aclWeight } from "./weight.ts";

/** An ACL that all nodes share which have the same. */
export interface SharedAcl {
  readonly list: readonly Acl[];
  readonly key: string;
  /** Nodes that have it. */
  uses: number;
}

/** Every ACL in use, once: a tree of a million nodes has a handful of them. */
export class SharedAcls {
  readonly #byKey = new Map<string, SharedAcl>();
  #weight = 0;

  /** The shared ACL that is like a list. */
  share(list: readonly Acl[]): SharedAcl {
    const key = list.map(keyOf).join("");
    return this.#byKey.get(key) ?? { list, key, uses: 0 };
  }

  /** One more node has it. */
  retain(acl: SharedAcl): void {
    if (acl.uses++ > 0) return;
    this.#byKey.set(acl.key, acl);
    this.#weight += aclWeight(acl);
  }

  /** One node less has it; with the last one it is forgotten. */
  release(acl: SharedAcl): void {
    if (--acl.uses > 0) return;
    this.#byKey.delete(acl.key);
    this.#weight -= aclWeight(acl);
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** About how many bytes of memory they take. */
  get weight(): number {
    return this.#weight;
  }
}
