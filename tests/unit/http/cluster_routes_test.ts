import assert from "node:assert/strict";
import { Journal } from "../../../src/daemon/journal/journal.ts";
import type { ClusterDocument } from "../../../src/http/cluster_document.ts";
import { clusterRoutes } from "../../../src/http/cluster_routes.ts";
import { EventHub, type EventHubOptions } from "../../../src/http/events_hub.ts";
import { answerBy } from "../../../src/http/router.ts";
import { HttpServer } from "../../../src/http/server.ts";
import { createLogger } from "../../../src/log/logger.ts";
import { until } from "../../support/until.ts";

const logger = createLogger("test", { write: () => {} });
const STREAM = "GET /api/v1/events HTTP/1.1\r\nhost: a\r\n\r\n";

/** The routes, served on the loopback interface. */
function start(options: Partial<EventHubOptions> = {}) {
  const journal = new Journal({ boot: "b" });
  const hub = new EventHub({ journal, ...options });
  const stop = new AbortController();
  const running = hub.run(stop.signal).catch(() => {});
  const document = () => Promise.resolve({ clusterId: "/one" } as ClusterDocument);
  const answer = answerBy(clusterRoutes({ document, events: hub }));
  const server = new HttpServer({ hostname: "127.0.0.1", port: 0, answer, logger });
  return {
    hub,
    journal,
    server,
    connect: (): Promise<Deno.TcpConn> =>
      Deno.connect({ hostname: "127.0.0.1", port: server.port }),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
      hub[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function say(connection: Deno.Conn, text: string): Promise<void> {
  await connection.write(new TextEncoder().encode(text));
}

/** Sends bytes as they are, and returns all that comes back until the server hangs up. */
async function exchange(
  { connect }: { connect: () => Promise<Deno.TcpConn> },
  text: string,
): Promise<string> {
  using connection = await connect();
  await say(connection, text);
  return await new Response(connection.readable).text();
}

Deno.test("clusterRoutes() answers with the document, the journal and the events", async () => {
  await using started = start();
  started.journal.note("role", "leads");
  const document = await exchange(started, "GET /api/v1/cluster HTTP/1.0\r\n\r\n");
  assert.match(document, /^HTTP\/1\.0 200 [^]*application\/json[^]*\{"clusterId":"\/one"\}\n$/);
  const journal = await exchange(started, "GET /api/v1/journal HTTP/1.0\r\n\r\n");
  assert.match(journal, /\{"boot":"b","events":\[\{"id":"b\.1",[^]*"message":"leads"\}\]\}\n$/);
  const stream = exchange(started, "GET /api/v1/events?x=1 HTTP/1.0\r\n\r\n");
  await until(() => started.hub.size, (size) => size === 1);
  started.hub[Symbol.dispose]();
  assert.match(
    await stream,
    /text\/event-stream[^]*retry: 1000\n\nid: b\.1\nevent: journal\ndata: /,
  );
});

Deno.test("clusterRoutes() refuses what it does not offer, in JSON", async () => {
  await using started = start();
  const code = async (head: string) => {
    const answer = await exchange(started, `${head} HTTP/1.0\r\n\r\n`);
    assert.match(answer, /^content-type: application\/json\r$/m, head);
    assert.match(answer, /\{"error":".*"\}\n$/, head);
    return answer.slice(9, 12);
  };
  for (const path of ["cluster", "events", "journal"]) {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"]) {
      assert.equal(await code(`${method} /api/v1/${path}`), "405");
    }
    for (const other of [`${path}/`, `${path}/x`, `%63${path}`, `//${path}`, `../${path}`]) {
      assert.equal(await code(`GET /api/v1/${other}`), "404", other);
    }
  }
  assert.equal(started.hub.size, 0);
});

Deno.test("clusterRoutes() answers HEAD for the events without opening a stream", async () => {
  await using started = start();
  const answer = await exchange(started, "HEAD /api/v1/events HTTP/1.0\r\n\r\n");
  assert.match(answer, /^HTTP\/1\.0 200 [^]*text\/event-stream[^]*\r\n\r\n$/);
  assert.equal(started.hub.size, 0);
});

Deno.test("clusterRoutes() answers 503 to one stream too many, and takes the next when one has gone", async () => {
  await using started = start({ maxStreams: 2 });
  using first = await started.connect();
  await say(first, STREAM);
  const second = await started.connect();
  await say(second, STREAM);
  await until(() => started.hub.size, (size) => size === 2);
  const refused = await exchange(started, "GET /api/v1/events HTTP/1.0\r\n\r\n");
  assert.match(refused, /^HTTP\/1\.0 503 [^]*retry-after: 5\r[^]*Too many streams are open/);
  second.close();
  await until(() => {
    started.hub.tell("cluster", {});
    return started.hub.size;
  }, (size) => size === 1);
  using third = await started.connect();
  await say(third, STREAM);
  await until(() => started.hub.size, (size) => size === 2);
});

Deno.test("clusterRoutes() cuts off a reader that reads nothing, and the others read on", async () => {
  await using started = start({ beatIntervalMs: 5, maxUnreadMs: 50 });
  using slow = await started.connect();
  await say(slow, STREAM);
  using quick = await started.connect();
  await say(quick, STREAM);
  await until(() => started.hub.size, (size) => size === 2);
  let isReading = true;
  const reading = (async () => {
    const piece = new Uint8Array(1024 * 1024);
    while (isReading && await quick.read(piece) !== null);
  })();
  // More than any buffer between here and there holds.
  const large = { text: "x".repeat(1024 * 1024) };
  await until(
    () => {
      started.hub.tell("cluster", large);
      return started.hub.size;
    },
    (size) => size === 1,
    { intervalMs: 5 },
  );
  isReading = false;
  started.hub.tell("cluster", large);
  await reading;
  const rest = await new Response(slow.readable).text().catch(() => "");
  assert.ok(!rest.endsWith("\r\n0\r\n\r\n"), "it is cut off, not ended in order");
});
