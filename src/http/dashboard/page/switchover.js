import { byId, element } from "./element.js";
import { patchChildren } from "./patch.js";
import { addressText } from "./words.js";
/** @import { Cluster } from "./types.ts" */

/** A switchover may wait for the leader's command to end. */
const ANSWER_LIMIT_MS = 150_000;

/** Gives leadership to another master, for who has the token; it is kept here and nowhere else. */
export class Switchover {
  /** @type {string | undefined} */
  #token;
  #isUnderWay = false;
  #leader = "";

  constructor() {
    listen("token-form", "submit", () => this.#take());
    listen("target-form", "submit", () => this.#question());
    listen("forget", "click", () => this.#forget("The token is forgotten."));
    byId("question").addEventListener("close", () => this.#answered());
  }

  /**
   * @param {Cluster} cluster
   * @param {{isLost: boolean}} link
   */
  show(cluster, { isLost }) {
    byId("switchover").hidden = cluster.switchover !== true;
    const { leader, masters } = cluster;
    this.#leader = leader?.address ?? "";
    const others = masters.filter(({ place }) => place !== null && place > 0).map(addressText);
    const options = others.map((name) => element("option", { key: name, value: name }, name));
    const first = element("option", { key: "first", value: "" }, "whoever is next");
    patchChildren(byId("target"), [first, ...options]);
    const isPossible = leader !== null && others.length > 0 && !isLost && !this.#isUnderWay;
    byId("target-form").querySelector("button")?.toggleAttribute("disabled", !isPossible);
  }

  #take() {
    const input = tokenInput();
    this.#token = input.value.trim() || undefined;
    input.value = "";
    this.#tell("");
    this.#showForms();
    if (this.#token !== undefined) byId("target").focus();
  }

  /** @param {string} reason */
  #forget(reason) {
    this.#token = undefined;
    this.#tell(reason);
    this.#showForms();
    tokenInput().focus();
  }

  #showForms() {
    byId("token-form").hidden = this.#token !== undefined;
    byId("target-form").hidden = this.#token === undefined;
  }

  #question() {
    const target = targetSelect().value || "the next master in line";
    byId("question-text").textContent =
      `${this.#leader} stops leading and ends its command; ${target} leads then.`;
    dialog().returnValue = "no";
    dialog().showModal();
  }

  #answered() {
    if (dialog().returnValue === "yes") void this.#switchOver(targetSelect().value);
  }

  /** @param {string} to */
  async #switchOver(to) {
    this.#isUnderWay = true;
    this.#tell("Switching over …");
    try {
      const { status, message } = await request(this.#token ?? "", to === "" ? {} : { to });
      if (status === 401) this.#forget("The token was refused.");
      else this.#tell(message);
    } catch (error) {
      this.#tell(`No answer: ${error instanceof Error ? error.message : error}`);
    } finally {
      this.#isUnderWay = false;
    }
  }

  /** @param {string} text */
  #tell(text) {
    byId("switchover-result").textContent = text;
  }
}

/**
 * @param {string} token
 * @param {{to?: string}} body
 */
async function request(token, body) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), ANSWER_LIMIT_MS);
  try {
    const response = await fetch("api/v1/switchover", {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: limit.signal,
    });
    const answer = await response.json().catch(() => ({}));
    const text = answer.message ?? answer.error;
    const message = typeof text === "string" ? text : `Answered with status ${response.status}`;
    return { status: response.status, message };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {string} id
 * @param {string} type
 * @param {() => void} action
 */
function listen(id, type, action) {
  byId(id).addEventListener(type, (event) => {
    event.preventDefault();
    action();
  });
}

function tokenInput() {
  return /** @type {HTMLInputElement} */ (byId("token"));
}

function targetSelect() {
  return /** @type {HTMLSelectElement} */ (byId("target"));
}

function dialog() {
  return /** @type {HTMLDialogElement} */ (byId("question"));
}
