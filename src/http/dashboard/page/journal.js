import { element } from "./element.js";
import { timeText } from "./words.js";
/** @import { JournalEntry } from "./types.ts" */

const SHOWN = 60;

/**
 * What happened, as the master that answers saw it; newest first.
 * @param {readonly JournalEntry[]} journal oldest first
 * @param {number} nowMs
 */
export function renderJournal(journal, nowMs) {
  if (journal.length === 0) return [element("p", { class: "muted" }, "Nothing was told yet.")];
  const items = journal.slice(-SHOWN).reverse().map(({ id, at, kind, message }) =>
    element(
      "li",
      { key: id },
      element("time", { datetime: at }, timeText(at, nowMs)),
      element("span", { class: `kind ${kind}` }, kind),
      element("span", {}, message),
    )
  );
  return [
    element(
      "div",
      { class: "scroll", role: "region", "aria-label": "Events", tabindex: 0 },
      element("ol", { class: "journal" }, ...items),
    ),
  ];
}
