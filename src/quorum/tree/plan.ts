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
}

/** The answer to a request that must not be done. */
export function refuse(error: number): Extract<Plan, { kind: "refused" }> {
  return { kind: "refused", error };
}
