import { byId, element } from "./element.js";
import { patchChildren } from "./patch.js";
import { addressText } from "./words.js";
/** @import { Cluster } from "./types.ts" */

/** A switchover may wait for the leader's command to end. */
const ANSWER_LIMIT_MS = 150_000;

/** Gives leadership to another master, for who has the token; only the field in the page keeps it. */
export class Switchover {
  #isPossible = false;
  #isUnderWay = false;

  constructor() {
    byId("switchover").addEventListener("click", () => this.#ask(""));
    byId("cancel").addEventListener("click", () => dialog().close());
    byId("question-form").addEventListener("submit", () => void this.#switchOver());
  }

  /**
   * @param {Cluster} cluster
   * @param {{isNow: boolean}} view
   */
  show(cluster, { isNow }) {
    const { leader, masters } = cluster;
    const others = masters.filter(({ place }) => place !== null && place > 0).map(addressText);
    const options = others.map((name) => element("option", { key: name, value: name }, name));
    const first = element("option", { key: "first", value: "" }, "whoever is next in line");
    patchChildren(byId("target"), [first, ...options]);
    byId("question-text").textContent = leader === null
      ? "Nobody leads."
      : `${leaderText(leader)} stops leading and ends its command; who is chosen here leads then.`;
    this.#isPossible = isNow && leader !== null && others.length > 0 && !this.#isUnderWay;
    byId("switchover").hidden = !cluster.switchover;
    // Not `disabled`, which would take the focus away.
    byId("switchover").ariaDisabled = String(!this.#isPossible);
    byId("confirm").ariaDisabled = String(!this.#isPossible);
  }

  /** @param {string} error */
  #ask(error) {
    if (!this.#isPossible) return;
    byId("question-error").textContent = error;
    dialog().showModal();
    const isKnown = error === "" && tokenInput().value !== "";
    (isKnown ? byId("target") : tokenInput()).focus();
  }

  async #switchOver() {
    if (!this.#isPossible) return;
    this.#setUnderWay(true);
    this.#tell("Switching over …");
    const { status, message } = await request(tokenInput().value.trim(), targetSelect().value);
    this.#setUnderWay(false);
    this.#tell(status === 401 ? "" : message);
    if (status !== 401) return;
    tokenInput().value = "";
    this.#ask("The token was refused.");
  }

  /** @param {boolean} isUnderWay */
  #setUnderWay(isUnderWay) {
    this.#isUnderWay = isUnderWay;
    this.#isPossible = !isUnderWay;
  }

  /** @param {string} text */
  #tell(text) {
    byId("switchover-result").textContent = text;
  }
}

/**
 * What the master answers; status 0 if it does not.
 * @param {string} token
 * @param {string} to empty for the next in line
 * @returns {Promise<{status: number, message: string}>}
 */
async function request(token, to) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), ANSWER_LIMIT_MS);
  try {
    const response = await fetch("api/v1/switchover", {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(to === "" ? {} : { to }),
      signal: limit.signal,
    });
    const answer = await response.json().catch(() => ({}));
    const text = answer.message ?? answer.error;
    const message = typeof text === "string" ? text : `Answered with status ${response.status}`;
    return { status: response.status, message };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { status: 0, message: `No answer, look who leads: ${reason}` };
  } finally {
    clearTimeout(timer);
  }
}

/** @param {NonNullable<Cluster["leader"]>} leader */
function leaderText({ address, host, port }) {
  return host === null || port === null ? address : addressText({ host, port });
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
