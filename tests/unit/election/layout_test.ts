import assert from "node:assert/strict";
import { electionLayout } from "../../../src/election/layout.ts";

Deno.test("electionLayout() is Flink's since 1.15, with a document of our own beside it", () => {
  assert.deepEqual(electionLayout("/flink/cluster_one"), {
    latch: "/flink/cluster_one/leader/latch",
    connectionInfo: "/flink/cluster_one/leader/rest_server/connection_info",
    details: "/flink/cluster_one/leader/rest_server/masterd_info",
  });
});

Deno.test("electionLayout() may lie at the root", () => {
  assert.equal(electionLayout("/").latch, "/leader/latch");
});
