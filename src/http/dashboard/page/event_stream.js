import { EventParser } from "./event_parser.js";
/** @import { ServerSentEvent } from "./types.ts" */

/** How long the master may take to begin its answer. */
const ANSWER_LIMIT_MS = 5000;

/**
 * Reads Server-Sent Events until they end. Not by `EventSource`, which hides the beats: without them a page
 * cannot tell a quiet cluster from a master that is gone.
 * @param {string} url
 * @param {object} options
 * @param {string | undefined} options.lastEventId
 * @param {() => void} options.onSign called for all that arrives, beats too
 * @param {(event: ServerSentEvent) => void} options.onEvent
 * @param {AbortController} options.reading ends the reading when aborted
 */
export async function readEvents(url, { lastEventId, onSign, onEvent, reading }) {
  const response = await answer(url, { lastEventId, reading });
  const body = response.body?.pipeThrough(new TextDecoderStream());
  if (!response.ok || body === undefined) throw new Error(`No events: ${response.status}`);
  const parser = new EventParser();
  const reader = body.getReader();
  while (true) {
    const { done, value } = await reader.read();
    if (done) return;
    onSign();
    parser.push(value).forEach(onEvent);
  }
}

/**
 * @param {string} url
 * @param {{lastEventId: string | undefined, reading: AbortController}} options
 */
async function answer(url, { lastEventId, reading }) {
  const timer = setTimeout(() => reading.abort(), ANSWER_LIMIT_MS);
  /** @type {Record<string, string>} */
  const resume = lastEventId === undefined ? {} : { "last-event-id": lastEventId };
  try {
    return await fetch(url, {
      headers: { accept: "text/event-stream", ...resume },
      cache: "no-store",
      signal: reading.signal,
    });
  } finally {
    clearTimeout(timer);
  }
}
