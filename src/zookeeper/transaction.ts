import { OPEN_ACL } from "./acls.ts";
import { toErrorCode, ZkError, type ZkErrorCode } from "./errors.ts";
import type { Chroot } from "./paths.ts";
import { validatePath } from "./paths.ts";
import { CreateFlag, ErrorCode } from "./wire/constants.ts";
import type { MultiPart, MultiReply } from "./wire/multi.ts";
import type { Acl, Stat } from "./wire/records.ts";

/** What kind of node to create. */
export type CreateMode = keyof typeof CreateFlag;

/** One step of a multi; a `version` that is left out matches any. */
export type TransactionStep =
  | {
    kind: "create";
    path: string;
    data?: Uint8Array;
    mode?: Exclude<CreateMode, "container" | `${string}WithTtl`>;
    acl?: readonly Acl[];
  }
  | { kind: "delete"; path: string; version?: number }
  | { kind: "setData"; path: string; data: Uint8Array; version?: number }
  | { kind: "check"; path: string; version?: number };

/** What a step of a successful multi gave. */
export type StepResult =
  | { kind: "created"; path: string; stat: Stat | undefined }
  | { kind: "stat"; stat: Stat }
  | { kind: "done" };

/** A multi that did nothing, because one of its steps could not be done. */
export class TransactionError extends ZkError {
  /** The name of this class. */
  override readonly name = "TransactionError";
  /** The step that failed. */
  readonly step: TransactionStep;
  /** Its place in the list. */
  readonly index: number;

  /** An error of one step, which has this place in the list. */
  constructor(code: ZkErrorCode, step: TransactionStep, index: number) {
    super(code, { operation: `multi step ${index} ${step.kind}`, path: step.path });
    this.step = step;
    this.index = index;
  }
}

/** @throws {InvalidArgumentError} */
export function encodeStep(step: TransactionStep, chroot: Chroot): MultiPart {
  const isSequential = step.kind === "create" && step.mode?.endsWith("Sequential") === true;
  validatePath(step.path, { isSequential });
  const path = chroot.toServer(step.path, { isSequential });
  const version = "version" in step && step.version !== undefined ? step.version : -1;
  switch (step.kind) {
    case "create": {
      const { data = new Uint8Array(), mode = "persistent", acl = OPEN_ACL } = step;
      return { operation: "create2", body: { path, data, acl, flags: CreateFlag[mode] } };
    }
    case "delete":
      return { operation: "delete", body: { path, version } };
    case "setData":
      return { operation: "setData", body: { path, data: step.data, version } };
    case "check":
      return { operation: "check", body: { path, version } };
  }
}

/**
 * The results, or the error of the step that undid the others. The reply's header says success even
 * then; steps before the culprit carry 0, those behind it RuntimeInconsistency.
 * @throws {TransactionError}
 */
export function stepResults(
  steps: readonly TransactionStep[],
  replies: readonly MultiReply[],
  chroot: Chroot,
): StepResult[] {
  const culprit = replies.findIndex((reply) =>
    reply.kind === "error" && reply.error !== 0 && reply.error !== ErrorCode.RuntimeInconsistency
  );
  const failed = culprit >= 0 ? culprit : replies.findIndex((reply) => reply.kind === "error");
  const reply = replies[failed];
  const step = steps[failed];
  if (reply?.kind === "error" && step !== undefined) {
    throw new TransactionError(toErrorCode(reply.error), step, failed);
  }
  return replies.map((reply) => toResult(reply, chroot));
}

function toResult(reply: MultiReply, chroot: Chroot): StepResult {
  switch (reply.kind) {
    case "created":
      return { kind: "created", path: chroot.toClient(reply.path), stat: reply.stat };
    case "stat":
      return { kind: "stat", stat: reply.stat };
    default:
      return { kind: "done" };
  }
}
