import { since } from "./clock.js";
import { element } from "./element.js";
import { mark } from "./mark.js";
import { addressText, countText, durationText, secondsText, timeText } from "./words.js";
/** @import { PastLeadership } from "../../cluster_document.ts" */
/** @import { Cluster } from "./types.ts" */

/** A crash alone costs less: from here on a session had to end first. */
const LONG_GAP_MS = 1000;

/**
 * The leaderships, newest first, with the gaps between them.
 * @param {Cluster} cluster
 * @param {{nowMs: number, isNow: boolean}} view
 */
export function renderHistory({ history, leader }, { nowMs, isNow }) {
  if (history.length === 0) {
    return [element("p", { class: "muted" }, isNow ? "None is recorded yet." : "Not known now.")];
  }
  const items = history.flatMap((leadership, index) => [
    ...(index === 0 && leader === null && isNow ? [renderNow(leadership)] : []),
    renderLeadership(leadership, { nowMs, isNow, next: history[index - 1] }),
    renderGap(leadership),
  ]);
  return [
    element("p", {}, summaryOf(history)),
    element(
      "div",
      { class: "scroll", role: "region", "aria-label": "Timeline of leaderships", tabindex: 0 },
      element("ol", { class: "timeline" }, ...items),
    ),
  ];
}

/** @param {readonly PastLeadership[]} history */
function summaryOf(history) {
  const gaps = history.flatMap(({ gapMs }) => gapMs === null ? [] : [gapMs]).sort((a, b) => a - b);
  const count = countText(history.length, "leadership");
  if (gaps.length === 0) return `${count}, no gap measured`;
  const middle = durationText(gaps[Math.floor(gaps.length / 2)] ?? 0);
  return `${count}; gaps without a leader: median ${middle}, longest ${
    durationText(gaps.at(-1) ?? 0)
  }`;
}

/** @param {PastLeadership} last */
function renderNow({ epoch }) {
  return element("li", { key: `now after ${epoch}`, class: "gap open" }, "Nobody leads now");
}

/**
 * @param {PastLeadership} leadership
 * @param {{nowMs: number, isNow: boolean, next: PastLeadership | undefined}} view
 */
function renderLeadership({ epoch, host, port, publishedAt, endedAt }, { nowMs, isNow, next }) {
  // Where nobody noticed the end, it was over at the latest when the next one began.
  const end = endedAt ?? next?.publishedAt ?? null;
  const length = secondsText(since(publishedAt, end === null ? nowMs : Date.parse(end)));
  const isCurrent = end === null && isNow;
  const duration = end === null && !isNow ? "when last seen" : `for ${length}`;
  return element(
    "li",
    { key: epoch, class: isCurrent ? "reign current" : "reign" },
    element("b", {}, addressText({ host, port })),
    element("span", {}, isCurrent ? `${duration} so far` : duration),
    element(
      "span",
      { class: "muted" },
      element("time", { datetime: publishedAt }, `from ${timeText(publishedAt, nowMs)}`),
      ", ",
      element("span", { class: "whole" }, `epoch ${epoch}`),
    ),
  );
}

/**
 * How the leadership began: after what, and after how long without a leader.
 * @param {PastLeadership} leadership
 */
function renderGap({ epoch, gapMs, cause }) {
  const key = `gap before ${epoch}`;
  if (cause === "first") return element("li", { key, class: "gap" }, "The first of this cluster");
  const isLong = gapMs !== null && gapMs >= LONG_GAP_MS;
  const length = gapMs === null ? "A gap nobody measured" : durationText(gapMs);
  return element(
    "li",
    { key, class: isLong ? "gap long" : "gap" },
    isLong && mark("warning"),
    element("b", {}, length),
    `${gapMs === null ? "" : " without a leader"}, ${REASONS[cause] ?? REASONS.unknown}`,
  );
}

/** @type {Readonly<Record<Exclude<PastLeadership["cause"], "first">, string>>} */
const REASONS = {
  switchover: "at a switchover",
  stopped: "after a stop",
  crashed: "after a crash",
  expired: "after a session that expired",
  "command failed": "after a command that failed",
  unknown: "for a reason that nobody saw",
};
