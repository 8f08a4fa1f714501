import assert from "node:assert/strict";
import { countWorkers, type HostIdentity } from "../../../../src/cli/status/worker_count.ts";

const LOCAL = new Set(["localhost", "127.0.0.1", "here"]);

function count(
  expected: string[],
  registered: string[],
  addresses: Record<string, string[]> = {},
) {
  const identify = (host: string): HostIdentity => ({
    isLocal: LOCAL.has(host),
    addresses: addresses[host] ?? [],
  });
  const { hosts, others } = countWorkers(expected, registered, identify);
  return {
    hosts: hosts.map(({ host, expected, registered, assumed }) =>
      [`${host} ${registered}/${expected}`, ...assumed].join(" as ")
    ),
    others: [...others].map(([host, number]) => `${host} ${number}`),
  };
}

Deno.test("countWorkers() counts for each host the workers that registered with its name", () => {
  const known = { a: ["10.0.0.1"], b: ["10.0.0.2"], c: ["10.0.0.3"] };
  assert.deepEqual(count(["a", "b", "a"], ["A", "a", "a", "c"], known), {
    hosts: ["a 3/2", "b 0/1"],
    others: ["c 1"],
  });
});

Deno.test("countWorkers() takes every name of this machine for one host, as the scripts do", () => {
  assert.deepEqual(count(["localhost", "127.0.0.1"], ["here", "here"]), {
    hosts: ["localhost 2/2"],
    others: [],
  });
});

Deno.test("countWorkers() takes a short name for the long one, and no address for a name", () => {
  const known = { "10": ["1.1.1.1"], "10.0.0.1": ["2.2.2.2"] };
  assert.deepEqual(count(["w1.example.org", "10.0.0.1"], ["w1", "10"], known), {
    hosts: ["w1.example.org 1/1", "10.0.0.1 0/1"],
    others: ["10 1"],
  });
  assert.deepEqual(count(["w1.a", "w1.b"], ["w1", "w1"]).hosts, ["w1.a 1/1", "w1.b 1/1"]);
});

Deno.test("countWorkers() takes hosts with a common address for the same", () => {
  const known = { "10.0.0.1": ["10.0.0.1"], w1: ["10.0.0.1", "10.1.0.1"], w2: ["10.0.0.2"] };
  assert.deepEqual(count(["10.0.0.1", "w3"], ["w1", "w2"], { ...known, w3: ["10.0.0.3"] }), {
    hosts: ["10.0.0.1 1/1", "w3 0/1"],
    others: ["w2 1"],
  });
});

Deno.test("countWorkers() says whom it takes for a missing worker, where nothing tells them apart", () => {
  const known = { "10.0.0.1": ["10.0.0.1"] };
  assert.deepEqual(count(["10.0.0.1"], ["w1", "w2"], known), {
    hosts: ["10.0.0.1 1/1 as w1"],
    others: ["w2 1"],
  });
});

Deno.test("countWorkers() lets no surplus of one host stand in for another", () => {
  assert.deepEqual(count(["a", "b"], ["a", "a"]).hosts, ["a 2/1", "b 0/1"]);
});
