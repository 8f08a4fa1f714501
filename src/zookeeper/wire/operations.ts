import { type Codec, nothing } from "./codec.ts";
import { OpCode } from "./constants.ts";
import { multiRequest, multiResponse } from "./multi.ts";
import * as records from "./records.ts";

/** One operation of the protocol: its code, and what is sent and answered. */
export interface Operation<Request, Response> {
  readonly name: string;
  readonly code: number;
  readonly request: Codec<Request>;
  readonly response: Codec<Response>;
}

function operation<Request, Response>(
  name: keyof typeof OpCode,
  request: Codec<Request>,
  response: Codec<Response>,
): Operation<Request, Response> {
  return { name, code: OpCode[name], request, response };
}

/**
 * Every operation that a client may send. `check` is missing on purpose: outside a multi it made
 * a 3.8.0 server write a transaction that it could not read back (ZOOKEEPER-2623).
 */
export const operations = {
  create: operation("create", records.createRequest, records.createResponse),
  delete: operation("delete", records.pathVersionRequest, nothing),
  exists: operation("exists", records.pathWatchRequest, records.statResponse),
  getData: operation("getData", records.pathWatchRequest, records.dataResponse),
  setData: operation("setData", records.setDataRequest, records.statResponse),
  getACL: operation("getACL", records.pathRequest, records.aclResponse),
  setACL: operation("setACL", records.setAclRequest, records.statResponse),
  getChildren: operation("getChildren", records.pathWatchRequest, records.childrenResponse),
  sync: operation("sync", records.pathRequest, records.createResponse),
  ping: operation("ping", nothing, nothing),
  getChildren2: operation("getChildren2", records.pathWatchRequest, records.children2Response),
  multi: operation("multi", multiRequest, multiResponse),
  create2: operation("create2", records.createRequest, records.create2Response),
  reconfig: operation("reconfig", records.reconfigRequest, records.dataResponse),
  checkWatches: operation("checkWatches", records.watchesRequest, nothing),
  removeWatches: operation("removeWatches", records.watchesRequest, nothing),
  createContainer: operation("createContainer", records.createRequest, records.create2Response),
  createTTL: operation("createTTL", records.createTtlRequest, records.create2Response),
  multiRead: operation("multiRead", multiRequest, multiResponse),
  auth: operation("auth", records.authRequest, nothing),
  setWatches: operation("setWatches", records.setWatchesRequest, nothing),
  sasl: operation("sasl", records.saslToken, records.saslToken),
  getEphemerals: operation("getEphemerals", records.pathRequest, records.ephemeralsResponse),
  getAllChildrenNumber: operation(
    "getAllChildrenNumber",
    records.pathRequest,
    records.childrenNumberResponse,
  ),
  setWatches2: operation("setWatches2", records.setWatches2Request, nothing),
  addWatch: operation("addWatch", records.addWatchRequest, records.errorResponse),
  whoAmI: operation("whoAmI", nothing, records.whoAmIResponse),
  closeSession: operation("closeSession", nothing, nothing),
} as const;
