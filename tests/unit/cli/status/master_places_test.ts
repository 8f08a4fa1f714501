import assert from "node:assert/strict";
import {
  leaderPlace,
  masterPlaces,
  parsePlaces,
} from "../../../../src/cli/status/master_places.ts";
import { line } from "./pictures.ts";

const NOTHING = { registered: [], leader: undefined };

function summary(...[expected, known]: Parameters<typeof masterPlaces>) {
  return masterPlaces(expected, known).map(({ expected, host, ports, isRegistered }) => [
    expected?.host ?? "-",
    host,
    ports.join(" "),
    isRegistered,
  ]);
}

Deno.test("masterPlaces() looks for each line at its port, and says which are registered", () => {
  const registered = [{ host: "B", port: 8081 }];
  assert.deepEqual(summary([line("a"), line("b")], { ...NOTHING, registered }), [
    ["a", "a", "8081", false],
    ["b", "b", "8081", true],
  ]);
});

Deno.test("masterPlaces() gives lines without a fixed port the registrations of their host", () => {
  const lines = [line("a", 0, false), line("a"), line("a", 0, false), line("b", 0, false)];
  const registered = [{ host: "a", port: 8081 }, { host: "a", port: 9001 }];
  assert.deepEqual(summary(lines, { ...NOTHING, registered }), [
    ["a", "a", "9001", true],
    ["a", "a", "8081", true],
    ["a", "a", "", false],
    ["b", "b", "", false],
  ]);
});

Deno.test("masterPlaces() looks also for others that are registered or published, each once", () => {
  const registered = [{ host: "a", port: 9001 }];
  const known = { registered, leader: { host: "c", port: 8081 } };
  const others = [["a", "a", "8081", false], ["-", "a", "9001", true]];
  assert.deepEqual(summary([line("a")], known), [...others, ["-", "c", "8081", false]]);
  assert.deepEqual(summary([line("a")], { ...known, leader: { host: "A", port: 8081 } }), others);
  assert.deepEqual(summary([line("a")], { ...known, leader: { host: "a", port: 9001 } }), others);
});

Deno.test("masterPlaces() looks for a lone master at each port that it may have taken", () => {
  const lone = { host: "a", linePort: 8081, ports: [8081, 8082] };
  assert.deepEqual(summary([lone], NOTHING), [["a", "a", "8081 8082", false]]);
});

Deno.test("leaderPlace() gives where a leader is published, and nothing that is no place", () => {
  assert.deepEqual(leaderPlace({ host: "::1", webuiPort: 8081 }), { host: "::1", port: 8081 });
  assert.equal(leaderPlace({ host: "a\x9b2J", webuiPort: 8081 }), undefined);
  assert.equal(leaderPlace(undefined), undefined);
});

Deno.test("parsePlaces() passes over what is no place", () => {
  const participants = [
    "a:8081",
    "[::1]:8082",
    "a",
    "a:0",
    "a:99999",
    "-oProxyCommand=x:1",
    "$(id):2",
  ];
  assert.deepEqual(parsePlaces(participants), [
    { host: "a", port: 8081 },
    { host: "::1", port: 8082 },
  ]);
});
