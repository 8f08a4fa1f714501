import { element, unknownText } from "./element.js";
import { countText, durationText, numberText } from "./words.js";
/** @import { Cluster, Received } from "./types.ts" */

/**
 * The workers of the leader, by host.
 * @param {Received<Cluster>} cluster
 * @param {number} atMs when it was so, by the clock of this page
 */
export function renderWorkers({ value: cluster, atMs: receivedMs }, atMs) {
  const { leader, workers, workersCount, hasLeaderAnswered } = cluster;
  if (!hasLeaderAnswered || workersCount === null) {
    return [unknownText(leader)];
  }
  if (workersCount === 0) return [element("p", { class: "muted" }, "None.")];
  const quietMs = Math.max(...workers.map((worker) => worker.millisecondsSinceHeartbeat));
  const summary = `${countText(workersCount, "worker")}, the longest silence ${
    durationText(quietMs + atMs - receivedMs)
  }`;
  return [
    element("p", {}, summary),
    renderTable(workers, atMs - receivedMs),
    workersCount > workers.length &&
    element(
      "p",
      { class: "muted" },
      `${numberText(workersCount - workers.length)} more are not shown.`,
    ),
  ].filter((part) => part !== false);
}

/**
 * @param {Cluster["workers"]} workers
 * @param {number} agedMs
 */
function renderTable(workers, agedMs) {
  const head = ["Host", "Process", "Heard"].map((name) => element("th", { scope: "col" }, name));
  const rows = workers.toSorted(byName).map((worker) =>
    element(
      "tr",
      { key: worker.workerId, title: worker.workerId },
      element("td", {}, worker.host),
      element("td", { class: "number" }, worker.pid),
      element(
        "td",
        { class: "number" },
        durationText(worker.millisecondsSinceHeartbeat + agedMs),
        " ago",
      ),
    )
  );
  const table = element(
    "table",
    {},
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...rows),
  );
  return element(
    "div",
    { class: "scroll", role: "region", "aria-label": "List of workers", tabindex: 0 },
    table,
  );
}

/**
 * @param {Cluster["workers"][number]} one
 * @param {Cluster["workers"][number]} other
 */
function byName(one, other) {
  return one.host.localeCompare(other.host, "en", { numeric: true }) ||
    one.workerId.localeCompare(other.workerId);
}
