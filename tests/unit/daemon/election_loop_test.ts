import assert from "node:assert/strict";
import { aborted } from "../../../src/async/abortable.ts";
import {
  type ElectionLoopOptions,
  standForElection,
  type WorkEnd,
} from "../../../src/daemon/election_loop.ts";
import { FakeServices, recordedLog } from "./fakes.ts";

const ADDRESS = { host: "localhost", webuiPort: 8081, rpcPort: 50010 };

function stand(
  options: Partial<ElectionLoopOptions> & { workEnd?: (term: number) => WorkEnd | undefined } = {},
) {
  const services = new FakeServices();
  const log = recordedLog();
  const events: string[] = [];
  const found = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const stop = new AbortController();
  let terms = 0;
  const loop = standForElection({
    services,
    address: ADDRESS,
    office: {
      stand: () => {},
      enter: ({ epoch }) => void events.push(`enter ${epoch}`),
      found: ({ epoch }) => {
        events.push(`found ${epoch}`);
        found[terms++]?.resolve();
      },
      leave: () => void events.push("leave"),
      async work(_leadership, { ready, signal }) {
        const end = options.workEnd?.(terms);
        if (end) return end;
        await ready();
        await aborted(signal);
        events.push("work done");
        return { kind: "ended" };
      },
    },
    logger: log.logger,
    pauses: { initialMs: 1, maxMs: 2 },
    ...options,
  }, stop.signal);
  return {
    services,
    log,
    events,
    stop,
    loop,
    found: (term: number) => found[term]!.promise,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await assert.rejects(loop, { name: "AbortError" });
    },
  };
}

Deno.test("standForElection() publishes the address between entering office and being found", async () => {
  await using candidate = stand();
  candidate.services.elect();
  await candidate.found(0);
  const [leadership] = candidate.services.leaderships;
  assert.deepEqual(await leadership!.published.promise, ADDRESS);
  assert.deepEqual(candidate.events, ["enter 1", "found 1"]);
});

Deno.test("standForElection() releases lost leadership and stands again", async () => {
  await using candidate = stand();
  candidate.services.elect();
  await candidate.found(0);
  candidate.services.leaderships[0]!.lose("the session expired");
  await candidate.services.leaderships[0]!.released.promise;
  assert.match(await candidate.log.line(/leadership lost/), /the session expired/);
  candidate.services.elect();
  await candidate.found(1);
  assert.deepEqual(candidate.events, [
    "enter 1",
    "found 1",
    "work done",
    "leave",
    "enter 2",
    "found 2",
  ]);
});

Deno.test("standForElection() ends its work when asked to hand over, and stands again at once", async () => {
  await using candidate = stand({ pauses: { initialMs: 60_000, maxMs: 60_000 } });
  candidate.services.elect();
  await candidate.found(0);
  candidate.services.leaderships[0]!.askForHandover("a switchover was asked for");
  assert.match(await candidate.log.line(/giving leadership back/), /a switchover was asked for/);
  candidate.services.elect();
  await candidate.found(1);
  assert.ok(candidate.services.leaderships[0]!.isReleased);
  assert.deepEqual(candidate.events, [
    "enter 1",
    "found 1",
    "work done",
    "leave",
    "enter 2",
    "found 2",
  ]);
});

Deno.test("standForElection() leaves office before it releases, and ends, when stopped", async () => {
  const candidate = stand();
  candidate.services.onRelease = () => {
    assert.deepEqual(candidate.events, ["enter 1", "found 1", "work done", "leave"]);
    return Promise.resolve();
  };
  candidate.services.elect();
  await candidate.found(0);
  await candidate[Symbol.asyncDispose]();
  assert.ok(candidate.services.leaderships[0]!.isReleased);
});

Deno.test("standForElection() gives leadership back when publishing fails, and tries again", async () => {
  await using candidate = stand();
  let attempts = 0;
  candidate.services.onPublish = () =>
    ++attempts === 1 ? Promise.reject(new Error("no quorum")) : Promise.resolve();
  candidate.services.elect();
  assert.match(await candidate.log.line(/could not take leadership/), /no quorum/);
  assert.ok(candidate.services.leaderships[0]!.isReleased);
  candidate.services.elect();
  await candidate.found(0);
  assert.deepEqual(candidate.events, ["enter 1", "leave", "enter 2", "found 2"]);
});

Deno.test("standForElection() gives leadership back when publishing hangs", async () => {
  await using candidate = stand({ stepTimeoutMs: 5 });
  candidate.services.onPublish = () => new Promise(() => {});
  candidate.services.elect();
  assert.match(await candidate.log.line(/could not take leadership/), /longer than 5 ms/);
  await candidate.services.leaderships[0]!.released.promise;
});

Deno.test("standForElection() goes on when the release fails or hangs", async () => {
  await using candidate = stand({ stepTimeoutMs: 5 });
  let releases = 0;
  candidate.services.onRelease = () =>
    ++releases === 1 ? Promise.reject(new Error("no quorum")) : new Promise(() => {});
  for (const term of [0, 1]) {
    candidate.services.elect();
    await candidate.found(term);
    candidate.services.leaderships[term]!.lose("the session expired");
  }
  await candidate.log.line(/could not release leadership.*no quorum/);
  await candidate.log.line(/could not release leadership.*longer than 5 ms/);
});

Deno.test("standForElection() does not publish once leadership is lost", async () => {
  await using candidate = stand();
  candidate.services.onPublish = (signal) => {
    candidate.services.leaderships[0]!.lose("the session expired");
    assert.ok(signal.aborted);
    return new Promise(() => {});
  };
  candidate.services.elect();
  await candidate.services.leaderships[0]?.released.promise;
  await candidate.log.line(/could not take leadership.*the session expired/);
  assert.deepEqual(candidate.events, ["enter 1", "leave"]);
});

Deno.test("standForElection() survives a campaign that fails", async () => {
  let campaigns = 0;
  const services = new FakeServices();
  await using candidate = stand({
    services: {
      campaign: (options) =>
        ++campaigns < 3 ? Promise.reject(new Error("no session")) : services.campaign(options),
    },
  });
  services.elect();
  await candidate.found(0);
  assert.equal(campaigns, 3);
});

Deno.test("standForElection() ends at once when stopped while it waits", async () => {
  const candidate = stand();
  await candidate[Symbol.asyncDispose]();
  assert.deepEqual(candidate.events, []);
});

Deno.test("standForElection() leaves leadership to another when its work gives up, and cools down", async () => {
  let gaveUp = 0;
  await using candidate = stand({
    workEnd: () =>
      ++gaveUp === 1 ? { kind: "gave-up", reason: "its command fails", coolDownMs: 5 } : undefined,
  });
  candidate.services.elect();
  await candidate.log.line(/gave leadership to another.*its command fails.*coolDownMs=5/);
  assert.ok(candidate.services.leaderships[0]!.isReleased);
  candidate.services.elect();
  await candidate.found(0);
  assert.deepEqual(candidate.events, ["enter 1", "leave", "enter 2", "found 2"]);
});
