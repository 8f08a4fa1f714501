import assert from "node:assert/strict";
import {
  AddWatchMode,
  CreateFlag,
  ErrorCode,
  errorName,
  EventType,
  Permission,
  SpecialXid,
  WatcherType,
} from "../../../../src/zookeeper/wire/constants.ts";

const ERRORS = {
  SystemError: -1,
  RuntimeInconsistency: -2,
  DataInconsistency: -3,
  ConnectionLoss: -4,
  MarshallingError: -5,
  Unimplemented: -6,
  OperationTimeout: -7,
  BadArguments: -8,
  UnknownSession: -12,
  NewConfigNoQuorum: -13,
  ReconfigInProgress: -14,
  APIError: -100,
  NoNode: -101,
  NoAuth: -102,
  BadVersion: -103,
  NoChildrenForEphemerals: -108,
  NodeExists: -110,
  NotEmpty: -111,
  SessionExpired: -112,
  InvalidCallback: -113,
  InvalidACL: -114,
  AuthFailed: -115,
  SessionMoved: -118,
  NotReadOnly: -119,
  EphemeralOnLocalSession: -120,
  NoWatcher: -121,
  RequestTimeout: -122,
  ReconfigDisabled: -123,
  SessionClosedRequireSaslAuth: -124,
  QuotaExceeded: -125,
  ThrottledOp: -127,
};

Deno.test("ErrorCode has every code of ZooKeeper's KeeperException", () => {
  assert.deepEqual({ ...ErrorCode }, ERRORS);
});

Deno.test("errorName() gives each code its name", () => {
  for (const [name, code] of Object.entries(ERRORS)) assert.equal(errorName(code), name);
});

Deno.test("errorName() knows no name for success and for codes of newer servers", () => {
  for (const code of [0, -9, -128, -999, 5]) assert.equal(errorName(code), undefined);
});

Deno.test("numbers of the protocol are ZooKeeper's", () => {
  assert.deepEqual({ ...SpecialXid }, { notification: -1, ping: -2, auth: -4, setWatches: -8 });
  assert.deepEqual({ ...CreateFlag }, {
    persistent: 0,
    ephemeral: 1,
    persistentSequential: 2,
    ephemeralSequential: 3,
    container: 4,
    persistentWithTtl: 5,
    persistentSequentialWithTtl: 6,
  });
  assert.deepEqual({ ...Permission }, {
    read: 1,
    write: 2,
    create: 4,
    delete: 8,
    admin: 16,
    all: 31,
  });
  assert.deepEqual({ ...EventType }, {
    none: -1,
    created: 1,
    deleted: 2,
    dataChanged: 3,
    childrenChanged: 4,
    dataWatchRemoved: 5,
    childWatchRemoved: 6,
    persistentWatchRemoved: 7,
  });
  assert.deepEqual({ ...WatcherType }, {
    children: 1,
    data: 2,
    any: 3,
    persistent: 4,
    persistentRecursive: 5,
  });
  assert.deepEqual({ ...AddWatchMode }, { persistent: 0, persistentRecursive: 1 });
});
