import { element } from "./element.js";
import { mark } from "./mark.js";
import { clockText, timeText } from "./words.js";
/** @import { Cluster } from "./types.ts" */

const NAMES = { ok: "", warning: "Warning", critical: "Critical" };

/**
 * What is most to be said of the cluster, and whether failover is paused.
 * @param {Cluster} cluster
 * @param {{nowMs: number, isOld: boolean}} view
 */
export function renderVerdict(cluster, { nowMs, isOld }) {
  const { verdict, paused, now } = cluster;
  const time = isOld ? `At ${clockText(Date.parse(now))}` : "";
  const label = [time, NAMES[verdict.severity] ?? "Unknown"].filter(Boolean).join(": ");
  const banner = element(
    "div",
    { class: `verdict ${verdict.severity}` },
    mark(verdict.severity),
    element(
      "div",
      { role: "status" },
      // That all is well its sentence says.
      label !== "" && element("p", { class: "label" }, label),
      element("p", { class: "sentence" }, verdict.sentence),
      verdict.advice !== null && element("p", { class: "advice" }, ...withCode(verdict.advice)),
    ),
  );
  return [banner, ...(paused === null ? [] : [renderPause(paused, nowMs)])];
}

/**
 * @param {NonNullable<Cluster["paused"]>} pause
 * @param {number} nowMs
 */
function renderPause({ since, by, reason }, nowMs) {
  return element(
    "div",
    { class: "verdict warning pause" },
    mark("paused"),
    element(
      "div",
      { role: "status" },
      element("p", { class: "label" }, "Failover is paused"),
      element("p", {}, `By ${by} since ${timeText(since, nowMs)}${reason ? `: ${reason}` : ""}`),
      element("p", { class: "advice" }, ...withCode("`masterd resume` ends that")),
    ),
  );
}

/**
 * A text in which what stands between two backticks is a command.
 * @param {string} text
 */
function withCode(text) {
  return text.split("`").map((part, index) => index % 2 === 0 ? part : element("code", {}, part));
}
