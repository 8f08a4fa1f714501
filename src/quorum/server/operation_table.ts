import { type Codec, nothing, nullableString, record } from "../../zookeeper/wire/codec.ts";
import { OpCode } from "../../zookeeper/wire/constants.ts";
import { type Operation, operations } from "../../zookeeper/wire/operations.ts";
import { pathRequest, pathVersionRequest } from "../../zookeeper/wire/records.ts";

/** Who answers an operation: the tree by a write or a read, or the connection itself. */
export type OperationKind = "write" | "read" | "own";

/** An operation as the server sees it. */
export interface ServedOperation {
  readonly kind: OperationKind;
  /** Four letters, as ZooKeeper's `cons` names what a connection did last. */
  readonly shortName: string;
  readonly request: Codec<unknown>;
  readonly response: Codec<unknown>;
}

const syncPath = record({ path: nullableString });

/** Every operation that a client may send, by its code. */
export const SERVED_OPERATIONS: ReadonlyMap<number, ServedOperation> = new Map([
  served("write", "CREA", operations.create),
  served("write", "CREA", operations.create2),
  served("write", "CREA", operations.createContainer),
  served("write", "CREA", operations.createTTL),
  served("write", "DELE", operations.delete),
  served("write", "SETD", operations.setData),
  served("write", "SETA", operations.setACL),
  served("write", "MULT", operations.multi),
  served("write", "RECO", operations.reconfig),
  // Both are refused by the tree: the one belongs into a multi, the other to the server.
  served("write", "CHEC", { code: OpCode.check, request: pathVersionRequest, response: nothing }),
  served("write", "DELC", {
    code: OpCode.deleteContainer,
    request: pathRequest,
    response: nothing,
  }),
  served("read", "EXIS", operations.exists),
  served("read", "GETD", operations.getData),
  served("read", "GETA", operations.getACL),
  served("read", "GETC", operations.getChildren),
  served("read", "GETC", operations.getChildren2),
  served("read", "GETE", operations.getEphemerals),
  served("read", "GETACN", operations.getAllChildrenNumber),
  served("read", "MLTR", operations.multiRead),
  served("read", "SETW", operations.setWatches),
  served("read", "STW2", operations.setWatches2),
  served("read", "ADDW", operations.addWatch),
  served("read", "REMW", operations.removeWatches),
  served("read", "CHKW", operations.checkWatches),
  served("own", "SYNC", { code: OpCode.sync, request: syncPath, response: syncPath }),
  served("own", "PING", operations.ping),
  served("own", "AUTH", operations.auth),
  served("own", "SASL", operations.sasl),
  served("own", "WHOA", operations.whoAmI),
  served("own", "CLOS", operations.closeSession),
]);

function served<Request, Response>(
  kind: OperationKind,
  shortName: string,
  { code, request, response }: Omit<Operation<Request, Response>, "name">,
): [number, ServedOperation] {
  return [code, {
    kind,
    shortName,
    request: request as Codec<unknown>,
    response: response as Codec<unknown>,
  }];
}
