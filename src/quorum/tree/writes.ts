import { CreateFlag, ErrorCode, OpCode } from "../../zookeeper/wire/constants.ts";
import type { MultiPart, MultiReply } from "../../zookeeper/wire/multi.ts";
import { aclLength } from "./acls.ts";
import { type Applied, applyChange, type Moment, type Touched } from "./application.ts";
import { isTtlFlag } from "./creation.ts";
import { statOf } from "./node.ts";
import { type Plan, type PlanContext, refuse } from "./plan.ts";
import { planOperation } from "./planning.ts";
import type { Reply, Request } from "./requests.ts";
import type { Change, NodeChange } from "./transaction.ts";

/** What a write did, or that it did nothing; what its author is told, and which nodes others are told of. */
export interface Outcome {
  readonly change: Change;
  readonly reply: Reply;
  readonly touched: readonly Touched[];
}

/** What is planned is applied at once: the next request finds it done. */
export interface WriteContext extends PlanContext {
  readonly moment: Moment;
}

// As much as the longest frame can hold: what `auth` stands for must not make a part of it that long.
const MAX_ACLS_LENGTH = 64 * 1024 * 1024;
const UNREADABLE = refuse(ErrorCode.MarshallingError);

/** Does one operation on one node. */
export function writeNode({ operation, body }: Request, context: WriteContext): Outcome {
  const plan = planOperation(operation, body, context);
  if (plan.kind === "refused") return failed(plan.error);
  // Outside of a multi a check is no operation (ZOOKEEPER-2623).
  if (plan.kind === "check") return failed(ErrorCode.Unimplemented);
  const { touched } = applyChange(context.tree, plan, context.moment);
  return {
    change: plan,
    reply: { error: 0, body: resultOf(operation, plan, context) },
    touched: touched === undefined ? [] : [touched],
  };
}

/**
 * Does all parts or none, in one transaction. Each part finds what those before it did; when one
 * is refused they are taken back. The reply to that is a success that holds errors.
 */
export function writeMulti(parts: readonly MultiPart[], context: WriteContext): Outcome {
  if (parts.some(isRead)) return failed(ErrorCode.MarshallingError);
  const changes: NodeChange[] = [];
  const results: MultiReply[] = [];
  const applied: Applied[] = [];
  const aclBudget = new AclBudget();
  for (const [at, part] of parts.entries()) {
    const plan = aclBudget.take(planPart(part, context));
    if (plan.kind === "refused") {
      for (const { undo } of applied.reverse()) undo();
      if (plan === UNREADABLE) return failed(plan.error);
      return failedMulti(plan.error, { culprit: at, count: parts.length });
    }
    if (plan.kind !== "check") {
      applied.push(applyChange(context.tree, plan, context.moment));
      changes.push(plan);
    }
    results.push(resultOf(operationOf(part), plan, context));
  }
  return {
    change: { kind: "multi", changes },
    reply: { error: 0, body: results },
    touched: applied.flatMap(({ touched }) => touched ?? []),
  };
}

/** A write that does nothing but to use up a zxid. */
export function failed(error: number): Outcome {
  return { change: { kind: "error", error }, reply: { error }, touched: [] };
}

function failedMulti(
  error: number,
  { culprit, count }: { culprit: number; count: number },
): Outcome {
  const body = Array.from({ length: count }, (_, at): MultiReply => {
    if (at === culprit) return { kind: "error", error };
    return { kind: "error", error: at < culprit ? 0 : ErrorCode.RuntimeInconsistency };
  });
  return { change: { kind: "error", error }, reply: { error: 0, body }, touched: [] };
}

/** What the ACLs of one transaction may still take. */
class AclBudget {
  #left = MAX_ACLS_LENGTH;

  /** The plan, or a refusal if its ACL is too much. */
  take(plan: Plan): Plan {
    if (!("acl" in plan)) return plan;
    this.#left -= aclLength(plan.acl);
    return this.#left < 0 ? refuse(ErrorCode.InvalidACL) : plan;
  }
}

function planPart(part: MultiPart, context: PlanContext): Plan {
  const operation = operationOf(part);
  // The flag of a node with a time to live, in a part that tells none: ZooKeeper fails to read it.
  if (operation === OpCode.createTTL && part.operation !== "createTTL") return UNREADABLE;
  return planOperation(operation, part.body, context);
}

function isRead({ operation }: MultiPart): boolean {
  return operation === "getData" || operation === "getChildren";
}

/** What ZooKeeper makes of a part: the flags and not the code say what is created, so that a `create2` is a `create`. */
function operationOf({ operation, body }: MultiPart): number {
  if (!("flags" in body)) return OpCode[operation];
  if (body.flags === CreateFlag.container) return OpCode.createContainer;
  return isTtlFlag(body.flags) ? OpCode.createTTL : OpCode.create;
}

/** The result inside a multi; what it holds is the reply's body outside. */
function resultOf(operation: number, plan: Plan, { tree }: WriteContext): MultiReply {
  switch (plan.kind) {
    case "create": {
      const { path } = plan;
      if (operation === OpCode.create) return { kind: "created", path };
      return { kind: "created", path, stat: statOf(tree.find(path)!) };
    }
    case "setData":
    case "setAcl":
      return { kind: "stat", stat: statOf(tree.find(plan.path)!) };
    case "check":
      return { kind: "checked" };
    default:
      return { kind: "done" };
  }
}
