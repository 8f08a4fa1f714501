import type { ValueOf } from "../../zookeeper/wire/codec.ts";
import { ErrorCode, OpCode, Permission } from "../../zookeeper/wire/constants.ts";
import type * as records from "../../zookeeper/wire/records.ts";
import type { Acl } from "../../zookeeper/wire/records.ts";
import { aclLength, allows, storedAcl } from "./acls.ts";
import { planCreate } from "./creation.ts";
import type { Node } from "./node.ts";
import { hasParent, isValidPath, parentPath } from "./paths.ts";
import { ownershipOf } from "./owners.ts";
import { hasRoom, NO_ROOM, type Plan, type PlanContext, refuse } from "./plan.ts";
import type { Author } from "./requests.ts";
import type { Tree } from "./tree.ts";

type Planner = (body: never, context: PlanContext, operation: number) => Plan;

/** The order of the checks is that of ZooKeeper's PrepRequestProcessor: it decides which error is told. */
const PLANNERS: ReadonlyMap<number, Planner> = new Map<number, Planner>([
  [OpCode.create, planCreate],
  [OpCode.create2, planCreate],
  [OpCode.createContainer, planCreate],
  [OpCode.createTTL, planCreate],
  [OpCode.delete, planDelete],
  [OpCode.setData, planSetData],
  [OpCode.setACL, planSetAcl],
  [OpCode.check, planCheck],
]);

// Nobody may delete what every server has (ZKDatabase.isSpecialPath).
const SPECIAL_PATHS: ReadonlySet<string> = new Set([
  "/",
  "/zookeeper",
  "/zookeeper/quota",
  "/zookeeper/config",
]);

/** Says what an operation would do, and changes nothing. */
export function planOperation(operation: number, body: unknown, context: PlanContext): Plan {
  const planner = PLANNERS.get(operation);
  if (planner === undefined) return refuse(ErrorCode.Unimplemented);
  return planner(body as never, context, operation);
}

function planDelete(
  { path, version }: ValueOf<typeof records.pathVersionRequest>,
  { tree, author }: PlanContext,
): Plan {
  if (!hasParent(path) || SPECIAL_PATHS.has(path)) return refuse(ErrorCode.BadArguments);
  const parent = tree.find(parentPath(path));
  if (parent === undefined) return refuse(ErrorCode.NoNode);
  if (!isAllowed(parent, Permission.delete, author)) return refuse(ErrorCode.NoAuth);
  const node = tree.find(path);
  if (node === undefined) return refuse(ErrorCode.NoNode);
  if (!isVersion(version, node.version)) return refuse(ErrorCode.BadVersion);
  if (node.childCount > 0) return refuse(ErrorCode.NotEmpty);
  return { kind: "delete", path };
}

function planSetData(
  { path, data, version }: ValueOf<typeof records.setDataRequest>,
  context: PlanContext,
): Plan {
  const { tree, author } = context;
  if (!isValidPath(path)) return refuse(ErrorCode.BadArguments);
  const node = tree.find(path);
  if (node === undefined) return refuse(ErrorCode.NoNode);
  if (!isAllowed(node, Permission.write, author)) return refuse(ErrorCode.NoAuth);
  if (!isVersion(version, node.version)) return refuse(ErrorCode.BadVersion);
  const isGrowth = (data?.length ?? 0) > node.dataLength;
  if (isGrowth && !hasRoom(context, { isEphemeral: isEphemeral(node) })) return NO_ROOM;
  return { kind: "setData", path, data, version: nextVersion(node.version) };
}

function planSetAcl(
  { path, acl, version }: ValueOf<typeof records.setAclRequest>,
  context: PlanContext,
): Plan {
  const { tree, author } = context;
  if (!isValidPath(path)) return refuse(ErrorCode.BadArguments);
  const stored = storedAcl(acl, author.identities);
  if (stored === undefined) return refuse(ErrorCode.InvalidACL);
  const node = tree.find(path);
  if (node === undefined) return refuse(ErrorCode.NoNode);
  if (!isAllowed(node, Permission.admin, author)) return refuse(ErrorCode.NoAuth);
  if (!isVersion(version, node.aversion)) return refuse(ErrorCode.BadVersion);
  if (isLargerAcl(stored, node, tree) && !hasRoom(context, { isEphemeral: isEphemeral(node) })) {
    return NO_ROOM;
  }
  return { kind: "setAcl", path, acl: stored, version: nextVersion(node.aversion) };
}

function planCheck(
  { path, version }: ValueOf<typeof records.pathVersionRequest>,
  { tree, author }: PlanContext,
): Plan {
  if (!isValidPath(path)) return refuse(ErrorCode.BadArguments);
  const node = tree.find(path);
  if (node === undefined) return refuse(ErrorCode.NoNode);
  if (!isAllowed(node, Permission.read, author)) return refuse(ErrorCode.NoAuth);
  return isVersion(version, node.version) ? { kind: "check" } : refuse(ErrorCode.BadVersion);
}

function isAllowed(node: Node, permission: number, { identities }: Author): boolean {
  return allows(node.acl.list, permission, identities);
}

/** Whether the tree has to keep more with this ACL in the place of the present one. */
function isLargerAcl(acl: readonly Acl[], { acl: present }: Node, { acls }: Tree): boolean {
  const isNew = acls.share(acl).uses === 0;
  return isNew && (present.uses > 1 || aclLength(acl) > aclLength(present.list));
}

function isEphemeral({ owner }: Node): boolean {
  return ownershipOf(owner).kind === "session";
}

/** -1 stands for any version. */
function isVersion(wanted: number, version: number): boolean {
  return wanted === -1 || wanted === version;
}

/** A version never becomes -1, which could not be asked for (ZOOKEEPER-4743). */
function nextVersion(version: number): number {
  const next = (version + 1) | 0;
  return next === -1 ? 0 : next;
}
