import { readEvents } from "./event_stream.js";
/** @import { JournalEvent, LeaseStatus } from "../../cluster_document.ts" */
/** @import { Cluster, Link, ServerSentEvent } from "./types.ts" */

/** The lease is told about once a second: after this silence the master is asked whether it is there. */
const QUIET_MS = 3000;
/** A beat comes every 15 s: after this silence the stream is dead, whatever the socket says. */
const SILENCE_MS = 20_000;
const POLL_LIMIT_MS = 3000;
const PAUSE_MS = 1500;

/**
 * @typedef {object} FeedListener
 * @property {(link: Link) => void} link
 * @property {(cluster: Cluster) => void} cluster
 * @property {(lease: LeaseStatus | null) => void} lease null if none is told
 * @property {(event: JournalEvent, id: string) => void} journal
 */

/**
 * What is told of the cluster, from the master that served the page: by its events, and where they do not come
 * through, by asking again and again.
 */
export class ClusterFeed {
  /** @type {FeedListener} */
  #listener;
  #heardMs = performance.now();
  /** When the stream that is open now brought something last; undefined before it did. */
  /** @type {number | undefined} */
  #streamedMs;
  /** @type {string | undefined} */
  #lastEventId;
  #isAsking = false;

  /** @param {FeedListener} listener */
  constructor(listener) {
    this.#listener = listener;
  }

  /** Never ends. */
  async run() {
    // Timers of a page that nobody saw, or of a computer that slept, may not have run.
    document.addEventListener("visibilitychange", () => document.hidden || void this.#poll());
    while (true) {
      await this.#stream();
      await this.#poll();
      // Not all pages of a cluster at the same moment, when a master is back.
      await pause(PAUSE_MS * (0.5 + Math.random()));
    }
  }

  async #stream() {
    const reading = new AbortController();
    const openedMs = performance.now();
    this.#streamedMs = undefined;
    const timer = setInterval(() => this.#watch(openedMs, reading), 1000);
    try {
      await readEvents("api/v1/events", {
        lastEventId: this.#lastEventId,
        onSign: () => this.#sign(),
        onEvent: (event) => this.#take(event),
        reading,
      });
    } catch {
      // Why is of no use here: the question that follows finds out whether the master answers at all.
    } finally {
      clearInterval(timer);
      this.#streamedMs = undefined;
    }
  }

  #sign() {
    this.#heardMs = this.#streamedMs = performance.now();
    this.#listener.link({ kind: "live" });
  }

  /**
   * @param {number} openedMs
   * @param {AbortController} reading
   */
  async #watch(openedMs, reading) {
    const nowMs = performance.now();
    if (nowMs - (this.#streamedMs ?? openedMs) > SILENCE_MS) return reading.abort();
    if (nowMs - this.#heardMs < QUIET_MS || this.#isAsking) return;
    const isThere = await this.#poll();
    if (!isThere) reading.abort();
  }

  /** Asks for the cluster once; false if there was no answer. */
  async #poll() {
    const sinceMs = this.#heardMs;
    this.#isAsking = true;
    try {
      const cluster = await fetchCluster();
      // What an event told meanwhile is newer.
      if (this.#heardMs !== sinceMs) return true;
      this.#heardMs = performance.now();
      if (this.#streamedMs === undefined) this.#listener.link({ kind: "polling" });
      this.#listener.cluster(cluster);
      return true;
    } catch {
      // An event may have arrived meanwhile.
      if (this.#heardMs === sinceMs) this.#listener.link({ kind: "cut-off", sinceMs });
      return this.#heardMs !== sinceMs;
    } finally {
      this.#isAsking = false;
    }
  }

  /** @param {ServerSentEvent} event */
  #take({ type, id, data }) {
    if (id !== undefined) this.#lastEventId = id;
    const value = parseJson(data);
    if (value === undefined) return;
    if (type === "cluster") this.#listener.cluster(value);
    else if (type === "lease") this.#listener.lease(value);
    else if (type === "journal" && id !== undefined) this.#listener.journal(value, id);
  }
}

/** @returns {Promise<Cluster>} */
async function fetchCluster() {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), POLL_LIMIT_MS);
  try {
    const response = await fetch("api/v1/cluster", { cache: "no-store", signal: limit.signal });
    if (!response.ok) throw new Error(`No cluster: ${response.status}`);
    return await response.json();
  } finally {
    clearTimeout(timer);
  }
}

/** @param {string} text */
function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
