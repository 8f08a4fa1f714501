/** @import { Received } from "./types.ts" */

/**
 * The clock of the master, by what it said last and the time since then: that of the browser may be wrong.
 * @param {Received<{now: string}>} cluster
 * @param {number} atMs by the clock of this page
 */
export function masterNow(cluster, atMs) {
  return Date.parse(cluster.value.now) + (atMs - cluster.atMs);
}

/**
 * Milliseconds from an ISO time until another time, none if the clocks of two hosts contradict.
 * @param {string} iso
 * @param {number} untilMs
 */
export function since(iso, untilMs) {
  return Math.max(0, untilMs - Date.parse(iso));
}
