import { element } from "./element.js";
/** @import { LeaseStatus } from "../../cluster_document.ts" */
/** @import { Received } from "./types.ts" */

const RENEWAL_MS = 250;

/**
 * How long leadership is proven for, as far as anybody can tell now: it shrinks while nothing is heard.
 * @param {Received<LeaseStatus>} lease
 * @param {number} atMs by the clock of this page
 */
export function leaseLeftMs({ value, atMs: receivedMs }, atMs) {
  return Math.max(0, Math.min(value.leftMs - (atMs - receivedMs), value.lengthMs));
}

/**
 * @param {Received<LeaseStatus> | undefined} lease
 * @param {{atMs: number, isNow: boolean}} view
 */
export function renderLease(lease, { atMs, isNow }) {
  if (lease === undefined) return element("p", { class: "muted" }, "Lease: not told");
  const leftMs = leaseLeftMs(lease, atMs);
  const { lengthMs } = lease.value;
  const text = `${(leftMs / 1000).toFixed(1)} s of ${(lengthMs / 1000).toFixed(1)} s`;
  const level = isNow ? levelOf(leftMs, lengthMs) : UNHEARD;
  return element(
    "div",
    { class: `lease ${level.name}` },
    element("p", {}, element("span", {}, "Lease ", level.text), element("b", {}, text)),
    element(
      "div",
      {
        class: "bar",
        role: "meter",
        "aria-label": "Lease of the leader",
        "aria-valuemin": 0,
        "aria-valuemax": lengthMs,
        "aria-valuenow": Math.round(leftMs),
        "aria-valuetext": text,
      },
      element("div", { class: "fill", id: "lease-fill" }),
    ),
  );
}

/** Whoever is not heard may well have renewed it. */
const UNHEARD = { name: "unheard", text: "if it was not renewed since" };

/**
 * @param {number} leftMs
 * @param {number} lengthMs
 */
function levelOf(leftMs, lengthMs) {
  if (leftMs <= 0) return { name: "critical", text: "has run out, if it was not renewed" };
  if (leftMs < lengthMs / 4) return { name: "critical", text: "is about to run out" };
  if (leftMs < lengthMs / 2) return { name: "warning", text: "is not being renewed" };
  return { name: "ok", text: "is being renewed" };
}

/** Moves the bar between what is told of the lease. */
export class LeaseBar {
  /** @type {Animation | undefined} */
  #animation;
  /** @type {Element | undefined} */
  #fill;
  /** @type {Received<LeaseStatus> | undefined} */
  #lease;

  /**
   * @param {Received<LeaseStatus> | undefined} lease
   * @param {number} atMs
   */
  show(lease, atMs) {
    const fill = document.getElementById("lease-fill") ?? undefined;
    const isAtRest = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const isNew = lease !== this.#lease || fill !== this.#fill;
    if (fill === undefined || lease === undefined) return this.#animation?.cancel();
    // Without motion it takes a step whenever the page is drawn, which is once a second.
    if (!isNew && !isAtRest) return;
    this.#move(fill, lease, { atMs, isAtRest });
    this.#fill = fill;
    this.#lease = lease;
  }

  /**
   * @param {HTMLElement} fill
   * @param {Received<LeaseStatus>} lease
   * @param {{atMs: number, isAtRest: boolean}} options
   */
  #move(fill, lease, { atMs, isAtRest }) {
    const before = getComputedStyle(fill).transform;
    const leftMs = leaseLeftMs(lease, atMs);
    this.#animation?.cancel();
    const now = `scaleX(${leftMs / lease.value.lengthMs})`;
    fill.style.transform = isAtRest ? now : "scaleX(0)";
    if (isAtRest || leftMs < RENEWAL_MS) return;
    const offset = RENEWAL_MS / leftMs;
    const later = `scaleX(${(leftMs - RENEWAL_MS) / lease.value.lengthMs})`;
    const frames = [
      { transform: before === "none" ? now : before },
      { transform: later, offset, easing: "linear" },
      { transform: "scaleX(0)" },
    ];
    this.#animation = fill.animate(frames, { duration: leftMs });
  }
}
