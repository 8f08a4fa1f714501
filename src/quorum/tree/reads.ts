import type { ValueOf } from "../../zookeeper/wire/codec.ts";
import { ErrorCode, OpCode, Permission } from "../../zookeeper/wire/constants.ts";
import type { MultiPart, MultiReply } from "../../zookeeper/wire/multi.ts";
import type { Id, pathWatchRequest, Stat } from "../../zookeeper/wire/records.ts";
import { allows, maskedAcl } from "./acls.ts";
import { type Node, pathOf, statOf } from "./node.ts";
import { quotaStatistics } from "./quota.ts";
import type { Author, Reply } from "./requests.ts";
import { subtree, type Tree } from "./tree.ts";
import { Watch, type Watcher, type Watches } from "./watches.ts";

/** Where, for whom, and on behalf of which connection is read. */
export interface ReadContext {
  readonly tree: Tree;
  readonly watches: Watches;
  readonly author: Author;
  readonly watcher: Watcher;
}

type PathWatch = ValueOf<typeof pathWatchRequest>;
type Reader = (body: never, context: ReadContext) => Reply;

const MAX_READ_LENGTH = 64 * 1024 * 1024;
const NO_NODE: Reply = { error: ErrorCode.NoNode };
const NO_AUTH: Reply = { error: ErrorCode.NoAuth };

/** How each operation that reads nodes is answered. */
export const NODE_READERS: ReadonlyMap<number, Reader> = new Map<number, Reader>([
  [OpCode.exists, exists],
  [OpCode.getData, getData],
  [OpCode.getChildren, getChildren],
  [OpCode.getChildren2, getChildren],
  [OpCode.getACL, getAcl],
  [OpCode.getAllChildrenNumber, getAllChildrenNumber],
  [OpCode.getEphemerals, getEphemerals],
  [OpCode.multiRead, multiRead],
]);

/** Needs no permission, and watches also what is not there. */
function exists({ path, watch }: PathWatch, { tree, watches, watcher }: ReadContext): Reply {
  if (path.includes("\0")) return { error: ErrorCode.BadArguments };
  if (watch) watches.add(path, watcher, Watch.data);
  const node = tree.find(path);
  return node === undefined ? NO_NODE : { error: 0, body: { stat: currentStat(node, tree) } };
}

function getData({ path, watch }: PathWatch, context: ReadContext): Reply {
  const { tree, watches, watcher } = context;
  return readNode(path, context, (node) => {
    if (watch) watches.add(path, watcher, Watch.data);
    const counted = quotaStatistics(node, tree);
    return { data: counted ?? node.data, stat: statOf(node, counted?.length) };
  });
}

function getChildren({ path, watch }: PathWatch, context: ReadContext): Reply {
  const { tree, watches, watcher } = context;
  return readNode(path, context, (node) => {
    if (watch) watches.add(path, watcher, Watch.children);
    return { children: [...node.children?.keys() ?? []], stat: currentStat(node, tree) };
  });
}

/** Who may only read is not shown what could be guessed from hashes. */
function getAcl({ path }: { path: string }, context: ReadContext): Reply {
  const { tree, author: { identities } } = context;
  return readNode(path, context, (node) => {
    const { list } = node.acl;
    const acl = allows(list, Permission.admin, identities) ? list : maskedAcl(list);
    return { acl, stat: currentStat(node, tree) };
  }, Permission.read | Permission.admin);
}

/** Counts all nodes below, in a time that grows with their number. */
function getAllChildrenNumber({ path }: { path: string }, context: ReadContext): Reply {
  return readNode(path, context, (node) => {
    let count = -1;
    for (const _ of subtree(node)) count++;
    return { count };
  });
}

/** The prefix is one of text and not of names. */
function getEphemerals({ path: prefix }: { path: string }, { tree, author }: ReadContext): Reply {
  const isAll = ["", "/"].includes(prefix.trim());
  const paths = Array.from(tree.ephemeralsOf(author.sessionId), pathOf);
  const found = isAll ? paths : paths.filter((path) => path.startsWith(prefix));
  return { error: 0, body: { paths: found } };
}

/**
 * Each part succeeds or fails alone; watches are not part of it. All is refused that would become too
 * long a reply: a small request can name a large node thousands of times.
 */
function multiRead(parts: readonly MultiPart[], context: ReadContext): Reply {
  const body: MultiReply[] = [];
  let length = 0;
  for (const { operation, body: { path } } of parts) {
    const request = { path, watch: false };
    switch (operation) {
      case "getData":
        body.push(partReply("data", getData(request, context)));
        break;
      case "getChildren":
        body.push(partReply("children", getChildren(request, context)));
        break;
      default:
        return { error: ErrorCode.MarshallingError };
    }
    length += lengthOf(body.at(-1)!);
    if (length > MAX_READ_LENGTH) return { error: ErrorCode.MarshallingError };
  }
  return { error: 0, body };
}

function lengthOf(reply: MultiReply): number {
  switch (reply.kind) {
    case "data":
      return reply.data?.length ?? 0;
    case "children":
      return reply.children.reduce((length, name) => length + name.length, 0);
    default:
      return 0;
  }
}

function partReply(kind: "data" | "children", { error, body }: Reply): MultiReply {
  return error === 0 ? { kind, ...body as object } as MultiReply : { kind: "error", error };
}

function readNode(
  path: string,
  { tree, author }: { tree: Tree; author: { readonly identities: readonly Id[] } },
  read: (node: Node) => unknown,
  permission: number = Permission.read,
): Reply {
  const node = tree.find(path);
  if (node === undefined) return NO_NODE;
  if (!allows(node.acl.list, permission, author.identities)) return NO_AUTH;
  return { error: 0, body: read(node) };
}

function currentStat(node: Node, tree: Tree): Stat {
  return statOf(node, quotaStatistics(node, tree)?.length);
}
