import { crashScenario } from "./scenarios/crash.ts";
import { darkScenario } from "./scenarios/dark.ts";
import { frozenScenario } from "./scenarios/frozen.ts";
import { randomScenario } from "./scenarios/random.ts";
import { rollingScenario } from "./scenarios/rolling.ts";
import type { Scenario } from "./scenarios/scenario.ts";
import { stateScenario } from "./scenarios/state.ts";
import { switchoverScenario } from "./scenarios/switchover.ts";

/** The parts of the campaign by the names under which they can be chosen. */
export const PARTS: Readonly<Record<string, Scenario>> = {
  crash: crashScenario,
  rolling: rollingScenario,
  dark: darkScenario,
  frozen: frozenScenario,
  random: randomScenario,
  switchover: switchoverScenario,
  state: stateScenario,
};
