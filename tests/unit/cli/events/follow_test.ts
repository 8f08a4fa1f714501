import assert from "node:assert/strict";
import { follow } from "../../../../src/cli/events/follow.ts";
import type { ReadEvent } from "../../../../src/cli/events/journal_text.ts";
import { LatestValue } from "../../../../src/async/latest_value.ts";
import type { HostPort } from "../../../../src/config/host_port.ts";
import { Journal } from "../../../../src/daemon/journal/journal.ts";
import type { ClusterDocument } from "../../../../src/http/cluster_document.ts";
import { clusterRoutes } from "../../../../src/http/cluster_routes.ts";
import { EventHub } from "../../../../src/http/events_hub.ts";
import { answerBy } from "../../../../src/http/router.ts";
import { HttpServer } from "../../../../src/http/server.ts";
import { createLogger } from "../../../../src/log/logger.ts";
import { until } from "../../../support/until.ts";

const logger = createLogger("test", { write: () => {} });

/** A master with a journal, on this port or any. */
function master(boot: string, port = 0) {
  const clock = { ms: 0 };
  const journal = new Journal({ boot, now: () => new Date(clock.ms) });
  const hub = new EventHub({ journal });
  const document = () => Promise.resolve({} as ClusterDocument);
  const answer = answerBy(clusterRoutes({ document, events: hub }));
  const server = new HttpServer({ hostname: "127.0.0.1", port, answer, logger });
  return {
    place: { host: "127.0.0.1", port: server.port },
    note(ms: number, message: string) {
      clock.ms = ms;
      journal.note("role", message);
    },
    async [Symbol.asyncDispose]() {
      hub[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Follows whoever is said to lead. */
function start() {
  const leader = new LatestValue<HostPort | undefined>(undefined);
  const stop = new AbortController();
  const messages: string[] = [];
  const said: string[] = [];
  let isRead = true;
  const following = follow({
    masters: (signal) => leader.changes({ signal }),
    show: (event: ReadEvent) => {
      messages.push(event.message);
      return Promise.resolve(isRead);
    },
    say: (text) => said.push(text),
  }, stop.signal);
  return {
    leader,
    messages,
    said,
    following,
    hangUp: () => isRead = false,
    shown: (text: string) => until(() => messages, (all) => all.at(-1) === text, { intervalMs: 2 }),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await following.catch(() => {});
    },
  };
}

Deno.test("follow() shows what is kept, each new event, and of the next leader what is not older", async () => {
  await using one = master("one");
  await using two = master("two");
  one.note(1000, "one leads");
  two.note(500, "two stands by");
  two.note(2000, "two leads");
  await using follower = start();
  follower.leader.set(one.place);
  await follower.shown("one leads");
  one.note(1500, "one stops");
  await follower.shown("one stops");
  follower.leader.set(undefined);
  follower.leader.set(two.place);
  await follower.shown("two leads");
  assert.deepEqual(follower.messages, ["one leads", "one stops", "two leads"]);
  assert.deepEqual(
    follower.said,
    [one, two].map(({ place: { port } }) => `following 127.0.0.1:${port}`),
  );
});

Deno.test("follow() goes on behind the last event when a master ends its stream", async () => {
  const first = master("one");
  first.note(1, "event 1");
  await using follower = start();
  follower.leader.set(first.place);
  await follower.shown("event 1");
  await first[Symbol.asyncDispose]();
  await until(() => follower.said, (said) => said.length > 1);
  await using again = master("one", first.place.port);
  again.note(1, "event 1");
  again.note(2, "event 2");
  await follower.shown("event 2");
  assert.deepEqual(follower.messages, ["event 1", "event 2"]);
  assert.match(follower.said.at(-1)!, /Connection refused/);
});

Deno.test("follow() ends when nobody reads any more", async () => {
  await using one = master("one");
  one.note(1, "event 1");
  one.note(2, "event 2");
  await using follower = start();
  follower.hangUp();
  follower.leader.set(one.place);
  await follower.following;
  assert.deepEqual(follower.messages, ["event 1"]);
});
