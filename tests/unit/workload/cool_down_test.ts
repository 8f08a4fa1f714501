import assert from "node:assert/strict";
import { CoolDown } from "../../../src/workload/cool_down.ts";

Deno.test("CoolDown doubles with each give-up in a row, up to ten times (T28)", () => {
  const coolDown = new CoolDown(60);
  assert.deepEqual(Array.from({ length: 6 }, () => coolDown.giveUp()), [
    60,
    120,
    240,
    480,
    600,
    600,
  ]);
});

Deno.test("CoolDown begins anew after the command ran well", () => {
  const coolDown = new CoolDown(60);
  coolDown.giveUp();
  coolDown.giveUp();
  coolDown.ranWell();
  assert.equal(coolDown.giveUp(), 60);
});

Deno.test("CoolDown stays finite however often the command gives up", () => {
  const coolDown = new CoolDown(60);
  for (let giveUps = 0; giveUps < 2000; giveUps++) coolDown.giveUp();
  assert.equal(coolDown.giveUp(), 600);
});
