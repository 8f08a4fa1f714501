import {
  StateTerm,
  type StateTermOptions,
  type TermStore,
} from "../../../../src/daemon/state/state_term.ts";
import type { UpkeepTimes } from "../../../../src/daemon/state/upkeep.ts";
import type { Entry } from "../../../../src/state/entry.ts";
import { StateError } from "../../../../src/state/errors.ts";
import { StorageError } from "../../../../src/storage/errors.ts";
import { MemoryStorage } from "../../../support/memory_storage.ts";
import { FakeLeadership, FakeServices, recordedLog } from "../fakes.ts";

export const NEVER: UpkeepTimes = {
  startAfterMs: 3_600_000,
  collectEveryMs: 3_600_000,
  examineEveryMs: 3_600_000,
  lookEveryMs: 3_600_000,
};

export function entry(name: string, changes: Partial<Entry> = {}): Entry {
  return {
    name,
    version: 1n,
    length: 1,
    sha256: "00".repeat(32),
    epoch: 1n,
    writtenAt: "2026-01-01T00:00:00.000Z",
    ...changes,
  };
}

/** The failure of a write to a disk that is full. */
export function diskFull(): StateError {
  const cause = new StorageError("full", "no space left");
  return new StateError("storage", "Cannot write a: no space left", { cause });
}

/** A store whose answers the test decides; it succeeds unless told. */
export class FakeStore implements TermStore {
  recover: TermStore["recover"] = () => Promise.resolve({ entries: 0, broken: [], missing: [] });
  put: TermStore["put"] = async (name, content) => {
    for await (const _piece of content);
    return { entry: entry(name), isNew: true };
  };
  delete: TermStore["delete"] = () => Promise.resolve();
  collect: TermStore["collect"] = () =>
    Promise.resolve({ removed: [], waiting: [], finishedDeletions: [] });
  isDisposed = false;
  read: Pick<TermStore["reader"], "list" | "get" | "history"> = {
    list: () => Promise.resolve({ entries: [], broken: [] }),
    get: () => Promise.reject(new StateError("not-found", "There is no entry")),
    history: () => Promise.reject(new StateError("not-found", "There is no entry")),
  };

  get reader(): TermStore["reader"] {
    return this.read as TermStore["reader"];
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.isDisposed = true;
    return Promise.resolve();
  }
}

/** A term over a fake store. */
export function fakeTerm(
  changes: { configuration?: Partial<StateTermOptions["configuration"]>; times?: UpkeepTimes } = {},
) {
  const leadership = new FakeLeadership(new FakeServices(), 1n);
  const store = new FakeStore();
  const storage = new MemoryStorage();
  const log = recordedLog();
  const storageFailures: string[] = [];
  const term = new StateTerm({
    leadership,
    store,
    storage,
    configuration: {
      history: 3,
      required: [],
      maxBytes: 100,
      collectGraceMs: 1000,
      recoverTimeoutMs: 1000,
      ...changes.configuration,
    },
    logger: log.logger,
    times: changes.times ?? NEVER,
    onStorageFailure: () => storageFailures.push("failure"),
  });
  return { leadership, store, storage, storageFailures, log, term };
}
