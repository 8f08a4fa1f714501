/// <reference lib="deno.unstable" />
import { layers } from "./layers.ts";
import { processEdge } from "./process_edge.ts";
import { wallClock } from "./wall_clock.ts";
import { weakSignal } from "./weak_signal.ts";

/** The rules of this project that `deno lint` does not know by itself. */
const plugin: Deno.lint.Plugin = {
  name: "masterd",
  rules: {
    "layers": layers,
    "process-edge": processEdge,
    "wall-clock": wallClock,
    "weak-signal": weakSignal,
  },
};

export default plugin;
