import type { Node } from "./node.ts";
import { isPacked } from "./node_data.ts";
import { NO_OWNER } from "./owners.ts";
import type { SharedAcl } from "./shared_acls.ts";

// Rather too much. Measured on V8 14 (64 bit) with some hundred thousand nodes of each kind: one with a short
// name and without data takes 236 to 265 bytes, after changes 48 more; data that are an array of their own 190
// besides their length; a set of an owner's nodes, or the map of a parent's children, some 200; an ACL that no
// other node has 500 with one entry, 245 more with each.
/** What a node takes besides that has children. */
export const CHILDREN_WEIGHT = 200;
const NODE_BYTES = 350;
const ARRAY_BYTES = 200;
const OWNED_BYTES = 200;
const ACL_BYTES = 150;
const ACL_ENTRY_BYTES = 200;
// A string has one byte a character, or two if one of them needs two.
const CHARACTER_BYTES = 2;

/** About how many bytes of memory a node takes, without its data, its children and its ACL. */
export function nodeWeight({ name, owner }: Node): number {
  return NODE_BYTES + name.length * CHARACTER_BYTES + (owner === NO_OWNER ? 0 : OWNED_BYTES);
}

/** What data of this length take besides. */
export function dataWeight(length: number): number {
  return length + (isPacked(length) ? 0 : ARRAY_BYTES);
}

/** What an ACL takes, once for all nodes that have it. */
export function aclWeight({ list }: SharedAcl): number {
  return list.reduce((weight, { id: { scheme, id } }) => {
    return weight + ACL_ENTRY_BYTES + (scheme.length + id.length) * CHARACTER_BYTES;
  }, ACL_BYTES);
}
