import assert from "node:assert/strict";
import { LatestValue } from "../../../../src/async/latest_value.ts";
import { ClusterView } from "../../../../src/daemon/cluster_view/cluster_view.ts";
import { Interest } from "../../../../src/daemon/cluster_view/interest.ts";
import type { ConnectionState } from "../../../../src/daemon/high_availability/services.ts";
import { Journal } from "../../../../src/daemon/journal/journal.ts";
import type { ElectionPicture } from "../../../../src/election/election_picture.ts";
import type { LeaderInformation } from "../../../../src/election/leadership.ts";
import type { Pause } from "../../../../src/election/pause.ts";
import type { ClusterDocument } from "../../../../src/http/cluster_document.ts";
import { EventHub } from "../../../../src/http/events_hub.ts";
import type { NodeStatus } from "../../../../src/http/status.ts";
import { until } from "../../../support/until.ts";
import { request } from "../../http/requests.ts";
import { recordedLog } from "../fakes.ts";
import { LEADER, leading, PICTURE, standby } from "./a_cluster.ts";

/** A master's view, what it sees, and a reader of what it tells. */
function start(own: NodeStatus = leading()) {
  const node = { status: own, workersCount: 1 };
  const journal = new Journal({ boot: "b" });
  const hub: EventHub = new EventHub({ journal, onOpen: () => opened() });
  const interest = new Interest({ streams: () => hub.size, lastsMs: 60_000 });
  const picture = new LatestValue<ElectionPicture | undefined>(PICTURE);
  const log = recordedLog();
  const view = new ClusterView({
    own: () => node,
    configured: undefined,
    takesSwitchovers: false,
    picture,
    pause: new LatestValue<Pause | undefined>(undefined),
    hub,
    interest,
    logger: log.logger,
  });
  const opened = () => {
    interest.asked();
    view.changed();
  };
  const leader = new LatestValue<LeaderInformation | undefined>(LEADER);
  const connection = new LatestValue<ConnectionState>({ kind: "none" });
  const stop = new AbortController();
  const following = view.follow({ leader, connection }, stop.signal).catch(() => {});
  return {
    ...{ node, hub, view, picture, log, interest },
    async end() {
      stop.abort();
      await following;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await following;
    },
  };
}

/** Reads a stream: the documents that it told, and when. */
function readDocuments({ hub }: { hub: EventHub }) {
  const documents: (ClusterDocument & { atMs: number })[] = [];
  const leases: unknown[] = [];
  const reading = (async () => {
    let rest = "";
    const decoder = new TextDecoder();
    for await (const bytes of hub.open(request("GET", "/api/v1/events")).body!) {
      const events = (rest + decoder.decode(bytes, { stream: true })).split("\n\n");
      rest = events.pop()!;
      for (const event of events) {
        const [, name, data] = /^event: (\w+)\ndata: (.*)$/m.exec(event) ?? [];
        if (name === "lease") leases.push(JSON.parse(data!));
        if (name !== "cluster") continue;
        documents.push({ ...JSON.parse(data!), atMs: performance.now() });
      }
    }
  })();
  return { documents, leases, reading };
}

Deno.test("ClusterView answers with what is known, also before and after it follows", async () => {
  const started = start();
  assert.equal((await started.view.document()).leader?.port, 8081);
  await started.end();
  assert.equal((await started.view.document()).leader?.port, 8081);
});

Deno.test("ClusterView tells a stream the document and the lease at once, and again what changes", async () => {
  await using started = start();
  const { documents, leases } = readDocuments(started);
  await until(() => documents.length, (length) => length === 1, { intervalMs: 1 });
  await until(() => leases, ([lease]) => lease !== undefined, { intervalMs: 1 });
  assert.deepEqual(leases[0], { leftMs: 2500, lengthMs: 4000 });
  for (let change = 1; change <= 30; change++) {
    started.node.status = leading({ command: { kind: "running", restarts: change } });
    started.view.changed();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await until(() => documents.at(-1)!.command!.restarts, (restarts) => restarts === 30);
  // At most four a second, beside the first.
  const mostTold = 2 + (performance.now() - documents[0]!.atMs) / 250;
  assert.ok(documents.length <= mostTold, `${documents.length} of ${mostTold}`);
});

Deno.test("ClusterView tells another leader at once", async () => {
  await using started = start();
  const { documents } = readDocuments(started);
  await until(() => documents.length, (length) => length === 1, { intervalMs: 1 });
  const tookMs: number[] = [];
  for (let round = 0; round < 6; round++) {
    started.node.status = round % 2 === 0 ? standby({ leader: null }) : leading();
    const since = performance.now();
    started.view.changed();
    const seen = documents.length;
    await until(() => documents.length, (length) => length > seen, { intervalMs: 1 });
    tookMs.push(documents.at(-1)!.atMs - since);
  }
  // A busy machine may delay some of them; one that waits for its turn takes 250 ms.
  assert.ok(Math.min(...tookMs) < 200, `${tookMs}`);
});

Deno.test("ClusterView says nothing while nothing changes but the time", async () => {
  const own = leading({ workers: [] });
  await using started = start(own);
  const { documents, leases } = readDocuments(started);
  await until(() => leases.length, (length) => length >= 3);
  assert.equal(documents.length, 1);
});

Deno.test("ClusterView ends its streams when it ends, with the last that it knows", async () => {
  const started = start();
  const { documents, reading } = readDocuments(started);
  await until(() => documents.length, (length) => length === 1, { intervalMs: 1 });
  started.node.status = leading({ role: "stopping" });
  await started.end();
  await reading;
  assert.equal(documents.at(-1)!.masters[0]!.role, "stopping");
});
