import assert from "node:assert/strict";
import { Journal } from "../../../src/daemon/journal/journal.ts";
import { EventHub, type EventHubOptions } from "../../../src/http/events_hub.ts";
import { RequestError } from "../../../src/http/responses.ts";
import { until } from "../../support/until.ts";
import { request } from "./requests.ts";

/** A hub, and a clock that stands still until it is moved. */
function start(options: Partial<EventHubOptions> = {}) {
  const journal = new Journal({ boot: "b1", now: () => new Date(0) });
  const clock = { ms: 0 };
  const hub = new EventHub({ journal, now: () => clock.ms, ...options });
  return { hub, journal, clock };
}

/** A reader of a stream, and the text that it has read so far. */
function read(hub: EventHub, lastEventId?: string) {
  const asked = request("GET", "/api/v1/events");
  if (lastEventId !== undefined) asked.headers.set("last-event-id", lastEventId);
  const response = hub.open(asked);
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  let text = "";
  return {
    response,
    reader,
    get text() {
      return text;
    },
    /** Reads until the text has come, or the stream has ended. */
    async until(part: string): Promise<string> {
      while (!text.includes(part)) {
        const { done, value } = await reader.read();
        if (done) break;
        text += decoder.decode(value, { stream: true });
      }
      return text;
    },
  };
}

const ids = (text: string) => [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id);

Deno.test("EventHub tells a new stream the states and the journal that there are", async () => {
  const { hub, journal } = start();
  journal.note("role", "stands by");
  hub.tell("cluster", { clusterId: "/one" });
  const stream = read(hub);
  assert.equal(
    await stream.until("stands by"),
    'retry: 1000\n\nevent: cluster\ndata: {"clusterId":"/one"}\n\n' +
      "id: b1.1\nevent: journal\n" +
      'data: {"at":"1970-01-01T00:00:00.000Z","kind":"role","message":"stands by"}\n\n',
  );
  hub.tell("lease", { leftMs: 1, lengthMs: 2 });
  await stream.until('event: lease\ndata: {"leftMs":1,"lengthMs":2}\n\n');
  journal.note("role", "leads");
  await stream.until("leads");
  assert.deepEqual(ids(stream.text), ["b1.1", "b1.2"]);
  hub[Symbol.dispose]();
});

Deno.test("EventHub is no event stream for caches, compressors and proxies to hold back", () => {
  const { hub } = start();
  const { headers, status } = hub.open(request("GET", "/api/v1/events"));
  assert.equal(status, 200);
  assert.equal(headers.get("content-type"), "text/event-stream");
  assert.equal(headers.get("cache-control"), "no-store, no-transform");
  assert.equal(headers.get("x-accel-buffering"), "no");
  hub[Symbol.dispose]();
});

Deno.test("EventHub resumes the journal behind Last-Event-ID; an id of another boot gets all", async () => {
  const { hub, journal } = start();
  for (const number of [1, 2, 3]) journal.note("role", `number ${number}`);
  const cases = [
    ["b1.1", ["b1.2", "b1.3"]],
    ["b1.0", ["b1.1", "b1.2", "b1.3"]],
    ["b0.2", ["b1.1", "b1.2", "b1.3"]],
    ["b1.7", ["b1.1", "b1.2", "b1.3"]],
    ["\x7f;.<", ["b1.1", "b1.2", "b1.3"]],
  ] as const;
  for (const [id, expected] of cases) {
    const stream = read(hub, id);
    assert.deepEqual(ids(await stream.until("number 3")), expected, id);
  }
  const last = read(hub, "b1.3");
  journal.note("role", "number 4");
  assert.deepEqual(ids(await last.until("number 4")), ["b1.4"]);
  hub[Symbol.dispose]();
});

Deno.test("EventHub gives a slow reader the newest state and all of the journal", async () => {
  const { hub, journal } = start();
  const stream = read(hub);
  await stream.until("retry");
  for (const number of [1, 2, 3]) {
    hub.tell("cluster", { number });
    journal.note("role", `event ${number}`);
    await Promise.resolve();
  }
  const text = await stream.until("event 3");
  assert.doesNotMatch(text, /"number":[12]/);
  assert.match(text, /"number":3/);
  assert.deepEqual(ids(text), ["b1.1", "b1.2", "b1.3"]);
  hub[Symbol.dispose]();
});

Deno.test("EventHub makes what it tells once for all streams", async () => {
  const { hub, journal } = start();
  const streams = Array.from({ length: 3 }, () => read(hub));
  for (const stream of streams) await stream.until("retry");
  const reads = streams.map(({ reader }) => reader.read());
  hub.tell("cluster", {});
  const [first, ...others] = (await Promise.all(reads)).map(({ value }) => value!);
  for (const other of others) assert.equal(other, first);
  const entries = streams.map(({ reader }) => reader.read());
  journal.note("role", "leads");
  const buffers = new Set((await Promise.all(entries)).map(({ value }) => value!.buffer));
  assert.equal(buffers.size, 1);
  hub[Symbol.dispose]();
});

Deno.test("EventHub forgets what it told last when told so", async () => {
  const { hub } = start();
  hub.tell("cluster", { number: 1 });
  hub.tell("lease", { leftMs: 1, lengthMs: 1 });
  hub.forget("cluster");
  hub.forget("lease");
  const stream = read(hub);
  hub.tell("cluster", { number: 2 });
  assert.doesNotMatch(await stream.until('"number":2'), /"number":1|lease/);
  hub[Symbol.dispose]();
});

Deno.test("EventHub says again and again that somebody is there", async () => {
  const { hub } = start({ beatIntervalMs: 1 });
  const stop = new AbortController();
  const running = hub.run(stop.signal);
  await read(hub).until(": beat\n\n");
  stop.abort();
  await assert.rejects(running);
  hub[Symbol.dispose]();
});

Deno.test("EventHub cuts off who leaves something unread for long, and nobody else", async () => {
  const { hub, clock } = start({ beatIntervalMs: 1, maxUnreadMs: 30_000 });
  const stop = new AbortController();
  const running = hub.run(stop.signal);
  const slow = read(hub);
  const quick = read(hub);
  await slow.until("retry");
  hub.tell("cluster", {});
  await quick.until(": beat\n\n: beat");
  assert.equal(hub.size, 2);
  clock.ms = 30_000;
  const reading = quick.until("never").catch(() => {});
  await until(() => hub.size, (size) => size === 1);
  await assert.rejects(slow.until("never"), /too slow/);
  stop.abort();
  await assert.rejects(running);
  hub[Symbol.dispose]();
  await reading;
});

Deno.test("EventHub lets go of a stream that nobody reads any more", async () => {
  const { hub } = start();
  const stream = read(hub);
  await stream.until("retry");
  assert.equal(hub.size, 1);
  await stream.reader.cancel();
  assert.equal(hub.size, 0);
  hub.tell("cluster", {});
  hub[Symbol.dispose]();
});

Deno.test("EventHub opens only so many streams, and none once it is closed", () => {
  let opened = 0;
  const { hub } = start({ maxStreams: 2, onOpen: () => opened++ });
  const open = () => hub.open(request("GET", "/api/v1/events"));
  const refused = (error: unknown) => error instanceof RequestError && error.status === 503;
  open();
  open();
  assert.throws(open, refused);
  hub[Symbol.dispose]();
  assert.throws(open, refused);
  assert.equal(opened, 2);
});

Deno.test("EventHub counts no stream for a HEAD request", () => {
  const { hub } = start();
  assert.equal(hub.open(request("HEAD", "/api/v1/events")).body, null);
  assert.equal(hub.size, 0);
});

Deno.test("EventHub ends its streams in order, with what they have not been told", async () => {
  const { hub, journal } = start();
  const waiting = read(hub);
  const late = read(hub);
  await waiting.until("retry");
  const rest = waiting.until("never");
  journal.note("role", "stops");
  hub[Symbol.dispose]();
  assert.match(await rest, /stops/);
  assert.match(await late.until("never"), /stops/);
  journal.note("role", "nobody hears this");
});
