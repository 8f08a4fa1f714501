import type { Pause } from "../../election/pause.ts";
import { printable } from "../state/text.ts";

/** `since 2025-01-02T03:04:05.678Z by root@host: disk replaced`. */
export function describePause({ since, by, reason }: Pause): string {
  return printable(`since ${since} by ${by}${reason === null ? "" : `: ${reason}`}`);
}

/** As JSON shows it. */
export function pauseJson({ since, by, reason }: Pause) {
  return { since, by, reason };
}
