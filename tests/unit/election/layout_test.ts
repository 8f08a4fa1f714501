import assert from "node:assert/strict";
import { electionLayout } from "../../../src/election/layout.ts";

Deno.test("electionLayout() is Flink's since 1.15, with documents of our own beside it", () => {
  assert.deepEqual(electionLayout("/flink/cluster_one"), {
    latch: "/flink/cluster_one/leader/latch",
    connectionInfo: "/flink/cluster_one/leader/rest_server/connection_info",
    details: "/flink/cluster_one/leader/rest_server/masterd_info",
    masters: "/flink/cluster_one/masterd/masters",
    switchover: {
      request: "/flink/cluster_one/masterd/switchover/request",
      ready: "/flink/cluster_one/masterd/switchover/ready",
    },
    pause: "/flink/cluster_one/masterd/pause",
    history: "/flink/cluster_one/masterd/history",
  });
});

Deno.test("electionLayout() may lie at the root", () => {
  assert.equal(electionLayout("/").latch, "/leader/latch");
});
