/** @typedef {Node | string | number | null | undefined | false} Child */
/** @typedef {Record<string, string | number | boolean | null | undefined>} Attributes */

/**
 * A new element. Texts stay texts: whatever another party wrote, none of it becomes markup.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Attributes} attributes `key` tells it apart from its siblings; null and false are left out
 * @param {Child[]} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    made.setAttribute(name === "key" ? "data-key" : name, value === true ? "" : String(value));
  }
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    made.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return made;
}

/**
 * A list of names and what they are; pairs without a value are left out.
 * @param {readonly [string, Child][]} pairs
 */
export function factList(pairs) {
  const rows = pairs
    .filter(([, value]) => value !== null && value !== undefined && value !== false)
    .map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value)));
  return element("dl", { class: "facts" }, ...rows);
}

/**
 * What stands in the place of what only a leader can tell.
 * @param {object | null} leader
 */
export function unknownText(leader) {
  const reason = leader === null ? "nobody leads" : "the leader does not answer this master";
  return element("p", { class: "muted" }, `Not known: ${reason}.`);
}

/**
 * The element of the page with this id.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no element ${id}`);
  return found;
}
