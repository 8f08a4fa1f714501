import assert from "node:assert/strict";
import { watchAsStandby } from "../../../../src/daemon/state/standby_watch.ts";
import {
  encodeIdentity,
  markerName,
  newIdentity,
  type StateIdentity,
} from "../../../../src/state/identity.ts";
import { StorageError } from "../../../../src/storage/errors.ts";
import type { StateReader } from "../../../../src/state/state_reader.ts";
import { MemoryStorage } from "../../../support/memory_storage.ts";
import { until } from "../../../support/until.ts";
import { recordedLog } from "../fakes.ts";
import { NEVER } from "./fake_store.ts";

const TIMES = { ...NEVER, startAfterMs: 1, lookEveryMs: 1 };

class Standby implements AsyncDisposable {
  readonly storage = new MemoryStorage();
  readonly log = recordedLog();
  readonly #stop = new AbortController();
  readonly #watching: Promise<void>;
  identity: StateIdentity | undefined = newIdentity(this.storage);
  isLeading = false;
  rounds = 0;
  looks = 0;
  failure: Error | undefined;

  constructor() {
    this.#watching = watchAsStandby({
      openReader: () => this.#open(),
      isLeading: () => {
        this.rounds += 1;
        return this.isLeading;
      },
      times: TIMES,
      logger: this.log.logger,
    }, this.#stop.signal).catch(() => {});
  }

  get lines(): string {
    return this.log.lines.join("\n");
  }

  mark(): void {
    this.storage.blobs.set(markerName(this.identity!), encodeIdentity(this.identity!));
  }

  async lookedMore(): Promise<void> {
    const enough = this.looks + 3;
    await until(() => this.looks, (looks) => looks >= enough);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#watching;
  }

  #open(): Promise<StateReader> {
    this.looks += 1;
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const { identity, storage } = this;
    return Promise.resolve(
      { storage, identity: () => Promise.resolve(identity) } as unknown as StateReader,
    );
  }
}

Deno.test("a standby says once that it could not use the state, and once that it could again", async () => {
  await using standby = new Standby();
  await standby.lookedMore();
  assert.match(standby.lines, /could not use the state if it led .*is not the directory/);
  assert.equal(standby.log.lines.length, 1);
  standby.mark();
  await until(() => standby.log.lines.length, (count) => count === 2);
  assert.match(standby.lines, /could use the state again/);
});

Deno.test("a standby has nothing to say while no state was ever written", async () => {
  await using standby = new Standby();
  standby.identity = undefined;
  await standby.lookedMore();
  assert.equal(standby.lines, "");
});

Deno.test("a standby that cannot ask ZooKeeper says nothing of the storage", async () => {
  await using standby = new Standby();
  standby.failure = new Error("ZooKeeper is away");
  await standby.lookedMore();
  assert.equal(standby.lines, "");
});

Deno.test("a standby that cannot reach its storage says so", async () => {
  await using standby = new Standby();
  standby.failure = new StorageError("unavailable", "No name node answers");
  await standby.lookedMore();
  assert.match(standby.lines, /could not use the state if it led .*No name node answers/);
});

Deno.test("a leader does not look as a standby", async () => {
  await using standby = new Standby();
  standby.isLeading = true;
  await until(() => standby.rounds, (rounds) => rounds >= 3);
  assert.equal(standby.looks, 0);
});
