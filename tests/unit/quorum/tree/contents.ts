import type { Database } from "../../../../src/quorum/tree/database.ts";
import { type Node, pathOf } from "../../../../src/quorum/tree/node.ts";
import { restoreSnapshot } from "../../../../src/quorum/tree/restoration.ts";
import { subtree } from "../../../../src/quorum/tree/tree.ts";

/** Everything that a database knows but watches, in an order of its own, to be compared. */
export async function contentsOf(database: Database): Promise<object> {
  const { tree, sessions } = await restoreSnapshot(inPieces([...database.snapshot()]));
  const byPath = [...subtree(tree.root)].map((node) => [pathOf(node), fieldsOf(node)] as const);
  const ephemerals = [...database.ephemerals()].map(([id, paths]) => [id, paths.toSorted()]);
  return {
    zxid: database.lastZxid,
    nodes: Object.fromEntries(byPath.toSorted(([one], [other]) => one < other ? -1 : 1)),
    sessions: [...sessions.values()].toSorted((one, other) =>
      Number(one.sessionId - other.sessionId)
    ),
    ephemerals: ephemerals.toSorted(([one], [other]) => Number(one as bigint - (other as bigint))),
    counts: [
      database.nodeCount,
      database.ephemeralCount,
      database.approximateDataSize,
      database.treeWeight,
    ],
    expired: [...database.expiredNodes(1n << 60n)].toSorted(),
  };
}

export async function* inPieces(pieces: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

function fieldsOf(node: Node): object {
  const { parent: _parent, children, acl, ...fields } = node;
  return {
    ...fields,
    data: node.data,
    acl: acl.list,
    children: [...children?.keys() ?? []].toSorted(),
  };
}
