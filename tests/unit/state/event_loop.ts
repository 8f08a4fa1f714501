import { setImmediate } from "node:timers";

/** Resolves once all that could go on without an event has done so. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
