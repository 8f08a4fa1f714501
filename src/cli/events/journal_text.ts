import { printable } from "../state/text.ts";

/** An event of a journal; any text of it may have been written by others. */
export interface ReadEvent {
  id: string;
  at: string;
  kind: string;
  message: string;
  details: Readonly<Record<string, string | number | boolean | null>>;
}

/** Reads an event of this or another version; undefined if it is none. */
export function parseEvent(document: unknown, id: unknown): ReadEvent | undefined {
  const { id: _, at, kind, message, ...rest } = fields(document);
  const texts = [id, at, kind, message];
  if (!texts.every((text) => typeof text === "string")) return undefined;
  const details = Object.entries(rest).filter((entry): entry is [string, string | number] =>
    entry[1] === null || typeof entry[1] !== "object"
  );
  const [known, time, what, text] = texts as string[];
  return {
    id: known!,
    at: time!,
    kind: what!,
    message: text!,
    details: Object.fromEntries(details),
  };
}

/** Reads the answer of `/api/v1/journal`; undefined if it is none. */
export function parseJournal(document: unknown): ReadEvent[] | undefined {
  const { events } = fields(document);
  if (!Array.isArray(events)) return undefined;
  return events.flatMap((event) => parseEvent(event, fields(event).id) ?? []);
}

/**
 * `2025-01-02T03:04:05.678Z  role        leads  epoch=7`; a detail that the message has is left out: as words of its
 * own, since a port may have the digits of an epoch.
 */
export function eventLine({ at, kind, message, details }: ReadEvent): string {
  const more = Object.entries(details)
    .filter(([, value]) => value !== null && !` ${message} `.includes(` ${value} `))
    .map(([name, value]) => `  ${name}=${value}`);
  return printable(`${at}  ${kind.padEnd(10)}  ${message}${more.join("")}`);
}

/** One line for programs. */
export function eventJson({ id, at, kind, message, details }: ReadEvent): string {
  return JSON.stringify({ id, at, kind, message, ...details });
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}
