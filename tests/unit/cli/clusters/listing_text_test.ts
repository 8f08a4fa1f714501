import assert from "node:assert/strict";
import type { ZooKeeperConfiguration } from "../../../../src/config/configuration.ts";
import { clusterId, listingJson, listingTable } from "../../../../src/cli/clusters/listing_text.ts";
import type { Occupant } from "../../../../src/election/clusters.ts";

const LEADER = {
  address: "http://one:8081",
  leaderSessionId: "12345678-9abc-4def-8123-456789abcdef",
};
const OCCUPANTS: readonly Occupant[] = [
  { path: "/flink/a", kind: "alive", leader: LEADER, masters: 2, entries: 31 },
  { path: "/flink/b/c", kind: "no-leader", masters: 1, entries: 0 },
  { path: "/flink/dead", kind: "dead", masters: 0, entries: 1 },
  { path: "/flink/flink", kind: "flink", leader: LEADER },
  { path: "/flink/idle", kind: "flink", leader: undefined },
  { path: "/flink/other", kind: "foreign" },
  { path: "/flink/secret", kind: "unreadable" },
];

function configured(namespace: string, root = "/flink"): ZooKeeperConfiguration {
  return { root, namespace } as ZooKeeperConfiguration;
}

Deno.test("listingTable() shows a line for each, and marks the cluster of the configuration", () => {
  const listing = { occupants: OCCUPANTS, isComplete: true };
  assert.deepEqual(listingTable(listing, configured("/flink/b/c")).split("\n"), [
    "CLUSTER-ID  STATE       LEADER           MASTERS  ENTRIES",
    "/a          alive       http://one:8081  2        31",
    "/b/c        no leader   -                1        0        (configured here)",
    "/dead       dead        -                0        1",
    "/flink      flink       http://one:8081  -        -",
    "/idle       flink       -                -        -",
    "/other      foreign     -                -        -",
    "/secret     unreadable  -                -        -",
  ]);
});

Deno.test("listingTable() gives a terminal nothing to obey, and no line without an end", () => {
  const leader = { ...LEADER, address: `\u001b[2J\n\u202e${"x".repeat(60_000)}` };
  const occupants: Occupant[] = [
    { path: "/flink/a\u2028b", kind: "flink", leader },
    { path: `/flink/${"y".repeat(1000)}`, kind: "foreign" },
  ];
  const text = listingTable({ occupants, isComplete: true }, configured("/flink/one"));
  const [, first, second, ...more] = text.split("\n");
  assert.deepEqual(more, []);
  assert.match(first!, /^\/a\?b +flink +\?\[2J\?\?x{200,300}\.\.\. /);
  assert.match(second!, /^\/y{299}\.\.\. +foreign/);
});

Deno.test("listingJson() tells all of each, in ASCII", () => {
  const [alive] = OCCUPANTS;
  const occupants: Occupant[] = [alive!, { path: "/flink/é\u009b\u{e0001}", kind: "foreign" }];
  const text = listingJson({ occupants, isComplete: false }, configured("/flink/a"));
  assert.match(text, /^[\x20-\x7e]+$/);
  assert.deepEqual(JSON.parse(text), {
    root: "/flink",
    clusters: [
      {
        clusterId: "/a",
        path: "/flink/a",
        state: "alive",
        leader: "http://one:8081",
        masters: 2,
        entries: 31,
        isConfigured: true,
      },
      {
        clusterId: "/é\u009b\u{e0001}",
        path: "/flink/é\u009b\u{e0001}",
        state: "foreign",
        leader: null,
        masters: null,
        entries: null,
        isConfigured: false,
      },
    ],
    isComplete: false,
  });
});

Deno.test("clusterId() is the path below the root", () => {
  assert.equal(clusterId("/flink/a/b", "/flink"), "/a/b");
  assert.equal(clusterId("/flink", "/flink"), "/");
  assert.equal(clusterId("/a", "/"), "/a");
  assert.equal(clusterId("/", "/"), "/");
});
