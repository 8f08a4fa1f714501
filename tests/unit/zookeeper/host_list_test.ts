import assert from "node:assert/strict";
import { HostList } from "../../../src/zookeeper/host_list.ts";

const SERVERS = ["a", "b", "c", "d", "e"].map((hostname, index) => ({ hostname, port: index + 1 }));

function taken(list: HostList, count: number): string[] {
  return Array.from({ length: count }, () => list.take().hostname);
}

Deno.test("take() goes through all servers before it comes back to one", () => {
  const names = taken(new HostList(SERVERS), 15);
  const rounds = [names.slice(0, 5), names.slice(5, 10), names.slice(10)];
  assert.deepEqual(rounds[0]!.toSorted(), ["a", "b", "c", "d", "e"]);
  assert.deepEqual(rounds[1], rounds[0]);
  assert.deepEqual(rounds[2], rounds[0]);
});

Deno.test("HostList shuffles by the numbers it is given", () => {
  assert.deepEqual(taken(new HostList(SERVERS, () => 0), 5), ["b", "c", "d", "e", "a"]);
  assert.deepEqual(taken(new HostList(SERVERS, () => 0.999), 5), ["a", "b", "c", "d", "e"]);
});

Deno.test("HostList puts each server first sometimes", () => {
  const first = new Set(Array.from({ length: 500 }, () => new HostList(SERVERS).take().hostname));
  assert.equal(first.size, 5);
});

Deno.test("HostList leaves the list it was given alone", () => {
  const servers = [...SERVERS];
  new HostList(servers, () => 0);
  assert.deepEqual(servers, SERVERS);
});

Deno.test("take() refuses an empty list", () => {
  assert.equal(new HostList([]).size, 0);
  assert.throws(() => new HostList([]).take(), RangeError);
});
