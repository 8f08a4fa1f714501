import { element, unknownText } from "./element.js";
import { mark } from "./mark.js";
import { countText } from "./words.js";
/** @import { StateStatus } from "../../status.ts" */
/** @import { Cluster } from "./types.ts" */

/** @type {Readonly<Record<StateStatus["kind"], {drawing: string, name: string}>>} */
const NAMES = {
  healthy: { drawing: "ok", name: "Healthy" },
  recovering: { drawing: "starting", name: "Being recovered" },
  degraded: { drawing: "warning", name: "Degraded" },
};

/**
 * What the leader says of the state it keeps.
 * @param {Cluster} cluster
 */
export function renderState({ state, leader, hasLeaderAnswered }) {
  if (!hasLeaderAnswered) {
    return [unknownText(leader)];
  }
  if (state === null) return [element("p", { class: "muted" }, "None is kept.")];
  const { kind, entries, lastError } = state;
  const { drawing, name } = NAMES[kind];
  const count = entries === null
    ? "entries not counted yet"
    : countText(entries, "entry", "entries");
  return [
    element("p", { class: `state ${kind}` }, mark(drawing), element("b", {}, name), `, ${count}`),
    lastError !== undefined && element("p", { class: "error" }, lastError),
    ...renderBroken(state),
  ].filter((part) => part !== false);
}

/** @param {StateStatus} state */
function renderBroken({ broken, brokenCount }) {
  if (brokenCount === 0) return [];
  const items = broken.map(({ name, problem }) =>
    element("li", { key: name }, element("b", {}, name), ` ${problem}`)
  );
  return [
    element("p", {}, `${countText(brokenCount, "entry", "entries")} cannot be read:`),
    element(
      "div",
      { class: "scroll", role: "region", "aria-label": "Broken entries", tabindex: 0 },
      element("ul", { class: "broken" }, ...items),
    ),
    brokenCount > broken.length &&
    element("p", { class: "muted" }, `${brokenCount - broken.length} more are not shown.`),
  ];
}
