import assert from "node:assert/strict";
import { NoEventsError, receiveEvents } from "../../../src/http/events_client.ts";
import { RawServer } from "../../support/raw_server.ts";

const HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n";

/** What a client receives that gets these answers, one after another. */
async function received(
  pieces: readonly (string | Uint8Array)[],
  options: { lastEventId?: string; idleMs?: number; stop?: AbortController } = {},
) {
  let asked = "";
  await using server = RawServer.start(async ({ readUntil, say }) => {
    asked = await readUntil("\r\n\r\n");
    for (const piece of pieces) await say(piece);
    if (options.idleMs !== undefined || options.stop) await readUntil("never");
  });
  const { idleMs = 60_000, stop = new AbortController(), lastEventId } = options;
  const url = `${server.url.origin}/api/v1/events`;
  const events = [];
  for await (const event of receiveEvents(url, { idleMs, lastEventId, signal: stop.signal })) {
    events.push(event);
    if (options.stop) stop.abort(new Error("enough"));
  }
  return { asked, events };
}

Deno.test("receiveEvents() asks with the last event that is known", async () => {
  const { asked } = await received([HEAD], { lastEventId: "b.7" });
  assert.match(asked, /^GET \/api\/v1\/events HTTP\/1\.0\r\n/);
  assert.match(asked, /\r\nlast-event-id: b\.7\r\n/);
  assert.doesNotMatch((await received([HEAD])).asked, /last-event-id/);
});

Deno.test("receiveEvents() takes events apart, however they are cut in pieces", async () => {
  const text = `${HEAD}retry: 1000\n\n: beat\n\nevent: lease\ndata: {"ä":1}\n\n` +
    "id: b.1\r\nevent: journal\r\ndata: x\r\n\r\ndata: y\n\nevent: unfinished\ndata: z";
  const expected = [
    { event: "lease", data: '{"ä":1}' },
    { event: "journal", id: "b.1", data: "x" },
    { event: "message", data: "y" },
  ];
  assert.deepEqual((await received([text])).events, expected);
  const bytes = [...new TextEncoder().encode(text)].map((byte) => new Uint8Array([byte]));
  assert.deepEqual((await received(bytes)).events, expected);
});

Deno.test("receiveEvents() throws NoEventsError for an answer of another kind", async () => {
  const answers = [
    "",
    "SSH-2.0-OpenSSH\r\n",
    "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<html>",
    "HTTP/1.1 503 Busy\r\ncontent-type: text/event-stream\r\n\r\n",
  ];
  for (const answer of answers) await assert.rejects(received([answer]), NoEventsError, answer);
});

Deno.test("receiveEvents() gives up on a master that says nothing", async () => {
  await assert.rejects(received([HEAD], { idleMs: 20 }), /Nothing came for 20 ms/);
});

Deno.test("receiveEvents() ends with the signal's reason", async () => {
  const stop = new AbortController();
  await assert.rejects(received([`${HEAD}data: x\n\n`], { stop }), /enough/);
});

Deno.test("receiveEvents() takes no line without an end", async () => {
  const piece = "x".repeat(1024 * 1024);
  await assert.rejects(received([HEAD, piece, piece, piece, piece, piece]), /A line is longer/);
});
