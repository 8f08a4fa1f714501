import assert from "node:assert/strict";
import { nextRole, type RoleEvent, roleName, type RoleState } from "../../../src/daemon/role.ts";
import { FakeLeadership, FakeServices } from "./fakes.ts";

const leadership = new FakeLeadership(new FakeServices(), 1n);

const EVENTS: RoleEvent[] = [
  { kind: "started" },
  { kind: "elected", leadership },
  { kind: "deposed" },
  { kind: "stopped" },
];

Deno.test("nextRole() makes a master standby, leader, standby again", () => {
  const seen: string[] = [];
  let state: RoleState = { kind: "starting" };
  for (const event of [EVENTS[0]!, EVENTS[1]!, EVENTS[2]!, EVENTS[3]!]) {
    state = nextRole(state, event);
    seen.push(roleName(state));
  }
  assert.deepEqual(seen, ["standby", "leader", "standby", "stopping"]);
});

Deno.test("nextRole() leads nowhere from stopping", () => {
  for (const event of EVENTS) {
    assert.deepEqual(nextRole({ kind: "stopping" }, event), { kind: "stopping" });
  }
});

Deno.test("roleName() calls no leader who has lost leadership", () => {
  const lost = new FakeLeadership(new FakeServices(), 1n);
  const state = nextRole({ kind: "standby" }, { kind: "elected", leadership: lost });
  assert.equal(roleName(state), "leader");
  lost.lose("the session expired");
  assert.equal(roleName(state), "standby");
});

Deno.test("roleName() calls no leader whose deadline has passed, even before it is told (T25)", () => {
  const frozen = new FakeLeadership(new FakeServices(), 1n);
  const state = nextRole({ kind: "standby" }, { kind: "elected", leadership: frozen });
  frozen.renew(performance.now() + 60_000);
  assert.equal(roleName(state), "leader");
  frozen.renew(performance.now() - 1);
  assert.equal(roleName(state), "standby");
  assert.ok(!frozen.lost.aborted);
});
