import assert from "node:assert/strict";
import type { ZooKeeper } from "zookeeper";
import {
  type FencedLeadership,
  StateService,
  type StateServiceOptions,
} from "../../../../src/daemon/state/state_service.ts";
import { TokenDigest } from "../../../../src/daemon/token_digest.ts";
import type { WorkEnd } from "../../../../src/daemon/election_loop.ts";
import { MemoryStorage } from "../../../support/memory_storage.ts";
import { FakeLeadership, FakeServices, recordedLog, testConfiguration } from "../fakes.ts";
import { TestFolder } from "../test_folder.ts";
import { FakeStore, NEVER } from "./fake_store.ts";

const ADDRESS = { host: "one", webuiPort: 8081, rpcPort: 6123 };
const signal = new AbortController().signal;
const CLUSTER_TOKEN = "the token of the cluster";

class Fenced extends FakeLeadership implements FencedLeadership {
  readonly fence = { zk: {} as ZooKeeper, path: "/latch/node" };
}

async function service(changes: Partial<StateServiceOptions> = {}) {
  const folder = await TestFolder.create();
  const store = new FakeStore();
  const log = recordedLog();
  const state = new StateService({
    configuration: testConfiguration({ state: { required: ["a"] } }),
    storage: new MemoryStorage(),
    zookeeper: { connected: () => Promise.reject(new Error("no ZooKeeper here")) },
    tokenPath: folder.path("m.token"),
    leader: () => undefined,
    logger: log.logger,
    times: NEVER,
    openStore: () => store,
    ...changes,
  });
  return {
    state,
    store,
    log,
    folder,
    leadership: new Fenced(new FakeServices(), 7n),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

const ENDED: WorkEnd = { kind: "ended" };

Deno.test("StateService tells the command where the state is, for as long as it leads", async () => {
  await using own = await service();
  const { state, leadership, folder } = own;
  const { leaderSessionId } = leadership;
  assert.equal(state.status, null);
  let token = "";
  const end = await state.during(leadership, { address: ADDRESS, signal }, async (environment) => {
    assert.deepEqual(environment, {
      MASTERD_STATE_URL: `http://one:6123/rpc/v1/leaderships/${leaderSessionId}/state`,
      MASTERD_STATE_TOKEN_FILE: folder.path("m.token"),
    });
    token = (await Deno.readTextFile(folder.path("m.token"))).trim();
    assert.equal(state.status?.kind, "healthy");
    await state.callsFor(token).delete("a", { leaderSessionId, signal });
    assert.throws(() => state.callsFor("another"), { status: 401 });
    assert.throws(() => state.callsFor(undefined), { status: 401 });
    return ENDED;
  });
  assert.deepEqual(end, ENDED);
  assert.equal(state.status, null);
  assert.ok(own.store.isDisposed);
  assert.deepEqual(await folder.names(), []);
  assert.throws(() => state.callsFor(token), { name: "StateCallError", kind: "not-leading" });
});

Deno.test("StateService takes the token of one leadership for no other", async () => {
  await using own = await service();
  const tokens: string[] = [];
  for (let round = 1; round <= 2; round++) {
    const leadership = new Fenced(new FakeServices(), BigInt(round));
    await own.state.during(leadership, { address: ADDRESS, signal }, async () => {
      tokens.push((await Deno.readTextFile(own.folder.path("m.token"))).trim());
      if (round === 2) assert.throws(() => own.state.callsFor(tokens[0]), { status: 401 });
      return ENDED;
    });
  }
  assert.notEqual(tokens[0], tokens[1]);
});

Deno.test("StateService answers whoever has the token of the cluster, leading or not", async () => {
  await using own = await service({ clusterToken: new TokenDigest(CLUSTER_TOKEN) });
  const calls = own.state.callsFor(CLUSTER_TOKEN);
  const call = { leaderSessionId: "current", signal };
  await assert.rejects(calls.delete("a", call), { kind: "not-leading" });
  await assert.rejects(calls.list(call), { message: "no ZooKeeper here" });
});

Deno.test("StateService gives leadership up without what is required, for longer each time", async () => {
  await using own = await service();
  own.store.recover = () =>
    Promise.resolve({ entries: 1, broken: [{ name: "a", problem: "a is gone" }], missing: [] });
  const pauses: unknown[] = [];
  for (let round = 1; round <= 2; round++) {
    const end = await own.state.during(
      new Fenced(new FakeServices(), 1n),
      { address: ADDRESS, signal },
      () => Promise.reject(new Error("it must not work")),
    );
    assert.ok(end.kind === "gave-up" && end.reason.includes("a is gone"));
    pauses.push(end.coolDownMs);
  }
  assert.deepEqual(pauses, [60_000, 120_000]);
  assert.deepEqual(await own.folder.names(), []);
});

Deno.test("StateService ends with a leadership that is lost while it recovers", async () => {
  await using own = await service();
  const stop = new AbortController();
  own.store.recover = ({ signal }) => {
    stop.abort(new Error("leadership was lost"));
    return Promise.reject(signal.reason);
  };
  const end = await own.state.during(
    own.leadership,
    { address: ADDRESS, signal: stop.signal },
    () => Promise.reject(new Error("it must not work")),
  );
  assert.deepEqual(end, ENDED);
});

Deno.test("StateService leads without a token where none can be written", async () => {
  await using own = await service({ tokenPath: "/dev/null/run/m.token" });
  const end = await own.state.during(
    own.leadership,
    { address: ADDRESS, signal },
    (environment) => {
      assert.deepEqual(environment, {});
      return Promise.resolve(ENDED);
    },
  );
  assert.deepEqual(end, ENDED);
  await own.log.line(/ERROR .*not told of the state.*\/dev\/null\/run\/m.token/);
});
