/** @import { ServerSentEvent } from "./types.ts" */

/** Takes a stream of Server-Sent Events apart, in whatever pieces it arrives. */
export class EventParser {
  #rest = "";
  #type = "";
  /** @type {string | undefined} */
  #id;
  /** @type {string[]} */
  #data = [];

  /**
   * The events that are complete with this piece.
   * @param {string} text
   * @returns {ServerSentEvent[]}
   */
  push(text) {
    // A line feed that belongs to the carriage return before it may still be under way.
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    return lines.flatMap((line) => this.#line(line));
  }

  /**
   * @param {string} line
   * @returns {ServerSentEvent[]}
   */
  #line(line) {
    if (line === "") return this.#end();
    const [, name, value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (name === "event") this.#type = value;
    else if (name === "data") this.#data.push(value);
    else if (name === "id") this.#id = value;
    return [];
  }

  #end() {
    const event = { type: this.#type || "message", id: this.#id, data: this.#data.join("\n") };
    const isEmpty = this.#data.length === 0;
    this.#type = "";
    this.#id = undefined;
    this.#data = [];
    return isEmpty ? [] : [event];
  }
}
