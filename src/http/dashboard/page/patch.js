/**
 * Makes the children of an element what they should be, and touches nothing that is so already: focus,
 * selection and scroll positions stay. A node is known again by its `data-key`, or else by its place.
 * Styles are left alone, for they are animated.
 * @param {Element} parent
 * @param {readonly Node[]} children
 */
export function patchChildren(parent, children) {
  const keys = new Set(children.map(keyOf));
  for (const child of [...parent.childNodes]) {
    if (keyOf(child) !== undefined && !keys.has(keyOf(child))) child.remove();
  }
  children.forEach((wanted, index) => {
    const place = parent.childNodes[index] ?? null;
    const found = counterpart(parent, index, wanted);
    if (found !== place || found === null) parent.insertBefore(found ?? wanted, place);
    if (found !== null) patchNode(found, wanted);
  });
  while (parent.childNodes.length > children.length) parent.lastChild?.remove();
}

/**
 * The node that is to become the wanted one: never one that stands before the given place.
 * @param {Element} parent
 * @param {number} index
 * @param {Node} wanted
 */
function counterpart(parent, index, wanted) {
  const key = keyOf(wanted);
  const rest = [...parent.childNodes].slice(index);
  const candidates = key === undefined ? rest.slice(0, 1) : rest;
  return candidates.find((node) => node.nodeName === wanted.nodeName && keyOf(node) === key) ??
    null;
}

/**
 * @param {Node} node
 * @param {Node} wanted
 */
function patchNode(node, wanted) {
  if (node instanceof Element && wanted instanceof Element) {
    patchAttributes(node, wanted);
    patchChildren(node, [...wanted.childNodes]);
  } else if (node.nodeValue !== wanted.nodeValue) {
    node.nodeValue = wanted.nodeValue;
  }
}

/**
 * @param {Element} node
 * @param {Element} wanted
 */
function patchAttributes(node, wanted) {
  for (const name of node.getAttributeNames()) {
    if (name !== "style" && !wanted.hasAttribute(name)) node.removeAttribute(name);
  }
  for (const { name, value } of wanted.attributes) {
    if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  }
}

/** @param {Node} node */
function keyOf(node) {
  return node instanceof HTMLElement ? node.dataset.key : undefined;
}
