import { element } from "./element.js";
import { mark } from "./mark.js";
import { timeText } from "./words.js";
/** @import { Cluster } from "./types.ts" */

const NAMES = { ok: "All well", warning: "Warning", critical: "Critical" };

/**
 * What is most to be said of the cluster, and whether failover is paused.
 * @param {Cluster} cluster
 * @param {number} nowMs
 */
export function renderVerdict(cluster, nowMs) {
  const { verdict, paused } = cluster;
  const banner = element(
    "div",
    { class: `verdict ${verdict.severity}` },
    mark(verdict.severity),
    element(
      "div",
      { role: "status" },
      element("p", { class: "label" }, NAMES[verdict.severity] ?? "Unknown"),
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
    mark("stopping"),
    element(
      "div",
      { role: "status" },
      element("p", { class: "label" }, "Failover is paused"),
      element("p", {}, `By ${by} since ${timeText(since, nowMs)}${reason ? `: ${reason}` : ""}`),
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
