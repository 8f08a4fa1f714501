import type { ValueOf } from "../../zookeeper/wire/codec.ts";
import { CreateFlag, ErrorCode, OpCode, Permission } from "../../zookeeper/wire/constants.ts";
import type { createRequest } from "../../zookeeper/wire/records.ts";
import { allows, storedAcl } from "./acls.ts";
import type { Node } from "./node.ts";
import { CONTAINER_OWNER, NO_OWNER, ownershipOf, ttlOwner } from "./owners.ts";
import { hasParent, isValidPath, parentPath, sequenceSuffix } from "./paths.ts";
import { hasRoom, NO_ROOM, type Plan, type PlanContext, refuse } from "./plan.ts";
import type { Tree } from "./tree.ts";

type CreateRequest = ValueOf<typeof createRequest> & { readonly ttlMs?: bigint };

const FLAGS: ReadonlySet<number> = new Set(Object.values(CreateFlag));
const TTL_FLAGS: ReadonlySet<number> = new Set([
  CreateFlag.persistentWithTtl,
  CreateFlag.persistentSequentialWithTtl,
]);
const SEQUENTIAL_FLAGS: ReadonlySet<number> = new Set([
  CreateFlag.persistentSequential,
  CreateFlag.ephemeralSequential,
  CreateFlag.persistentSequentialWithTtl,
]);
const EPHEMERAL_FLAGS: ReadonlySet<number> = new Set([
  CreateFlag.ephemeral,
  CreateFlag.ephemeralSequential,
]);

/**
 * What one of the four creating operations would do. The flags say whether the name gets a
 * number; the operation and not the flag says whether the node is a container or has a TTL.
 */
export function planCreate(request: CreateRequest, context: PlanContext, operation: number): Plan {
  const { path, flags } = request;
  const flagError = findFlagError(request, context, operation);
  if (flagError !== undefined) return refuse(flagError);
  if (!hasParent(path)) return refuse(ErrorCode.BadArguments);
  const { tree, author } = context;
  const acl = storedAcl(request.acl, author.identities);
  if (acl === undefined) return refuse(ErrorCode.InvalidACL);
  const parent = tree.find(parentPath(path));
  if (parent === undefined) return refuse(ErrorCode.NoNode);
  const isAllowed = allows(parent.acl.list, Permission.create, author.identities);
  if (!isAllowed) return refuse(ErrorCode.NoAuth);
  const whole = SEQUENTIAL_FLAGS.has(flags) ? path + sequenceSuffix(parent.creates) : path;
  const placeError = findPlaceError(whole, parent, tree);
  if (placeError !== undefined) return refuse(placeError);
  const owner = ownerOf(request, context, operation);
  const isEphemeral = ownershipOf(owner).kind === "session";
  if (!hasRoom(context, { isEphemeral })) return NO_ROOM;
  const creates = (parent.creates + 1) | 0;
  return { kind: "create", path: whole, data: request.data, acl, owner, creates };
}

/** Whether a node with this flag has a time to live. */
export function isTtlFlag(flag: number): boolean {
  return TTL_FLAGS.has(flag);
}

function findFlagError(
  { flags, ttlMs }: CreateRequest,
  { areTtlNodesAllowed }: PlanContext,
  operation: number,
): number | undefined {
  if (!FLAGS.has(flags)) return ErrorCode.BadArguments;
  const isTtl = isTtlFlag(flags);
  if (isTtl && !areTtlNodesAllowed) return ErrorCode.Unimplemented;
  if (!isTtl && operation !== OpCode.createTTL) return undefined;
  const isOneWithoutOther = !isTtl || operation !== OpCode.createTTL;
  if (isOneWithoutOther || ttlOwner(ttlMs!) === undefined) return ErrorCode.BadArguments;
  return undefined;
}

function findPlaceError(path: string, parent: Node, tree: Tree): number | undefined {
  if (!isValidPath(path)) return ErrorCode.BadArguments;
  if (tree.find(path) !== undefined) return ErrorCode.NodeExists;
  const isEphemeral = ownershipOf(parent.owner).kind === "session";
  return isEphemeral ? ErrorCode.NoChildrenForEphemerals : undefined;
}

function ownerOf({ flags, ttlMs }: CreateRequest, { author }: PlanContext, operation: number) {
  if (operation === OpCode.createContainer) return CONTAINER_OWNER;
  if (operation === OpCode.createTTL) return ttlOwner(ttlMs!)!;
  return EPHEMERAL_FLAGS.has(flags) ? author.sessionId : NO_OWNER;
}
