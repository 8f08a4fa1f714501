import { ErrorCode } from "../../zookeeper/wire/constants.ts";
import type { Author } from "./requests.ts";
import type { NodeChange } from "./transaction.ts";
import type { Tree } from "./tree.ts";

/** What an operation on one node would do now, or the error code that its author gets. */
export type Plan =
  | NodeChange
  | { readonly kind: "check" }
  | { readonly kind: "refused"; readonly error: number };

/** Where and for whom it is planned. */
export interface PlanContext {
  readonly tree: Tree;
  readonly author: Author;
  readonly areTtlNodesAllowed: boolean;
  /** The weight from which on the tree does not grow any more. */
  readonly maxTreeWeight: number;
}

// Locks and elections go on in a tree that is full: what they need goes with its session.
const EPHEMERAL_RESERVE = 0.1;

/** Whether there is room for more, in the tree or in what is kept for ephemeral nodes. */
export function hasRoom(
  { tree, maxTreeWeight }: PlanContext,
  options: { isEphemeral: boolean },
): boolean {
  const reserve = options.isEphemeral ? maxTreeWeight * EPHEMERAL_RESERVE : 0;
  return tree.weight < maxTreeWeight + reserve;
}

/**
 * What is answered if there is none: every client knows it. QuotaExceeded, which is newer, is an invalid code to
 * Kazoo 2.8, whose reader fails on it.
 */
export const NO_ROOM = refuse(ErrorCode.SystemError);

/** The answer to a request that must not be done. */
export function refuse(error: number): Extract<Plan, { kind: "refused" }> {
  return { kind: "refused", error };
}
