import { describeError } from "../../log/logger.ts";
import { shown } from "./master_status.ts";

/** Why somebody could not be asked, as people read it. */
export function failureText(error: unknown): string {
  if (error instanceof DOMException && error.name === "TimeoutError") return "no answer in time";
  return shown(describeError(error).replace(/ \(os error \d+\)$/, ""));
}
