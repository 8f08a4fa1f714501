import type { LeaderStatus, NodeStatus, StateStatus } from "../status.ts";
import { escapeHtml } from "./escape.ts";

/** Broken entries that the page names; the status has more of them. */
const SHOWN_NAMES = 10;

/** What a node says of itself, as the rows of a table. */
export function renderRows(status: NodeStatus): string {
  const { node } = status;
  const rows = [
    ["Role", escapeHtml(status.role)],
    ["Leader", describeLeader(status.leader)],
    ["RPC port", escapeHtml(String(node.rpcPort ?? "none yet"))],
    ["ZooKeeper", escapeHtml(status.connection.kind)],
    ["Workers", String(status.workers.length)],
    ...(status.command ? [["Command", escapeHtml(status.command.kind)] as const] : []),
    ...(status.state ? [["State", describeState(status.state)] as const] : []),
    ["Process", escapeHtml(`${node.pid}, masterd ${node.version}, since ${node.startedAt}`)],
  ];
  return rows
    .map(([name, value]) => `<tr><th scope="row">${name}</th><td>${value}</td></tr>`)
    .join("\n");
}

function describeLeader(leader: LeaderStatus | null): string {
  if (!leader) return "none known";
  const address = escapeHtml(leader.address);
  if (leader.own) return `this node, epoch ${escapeHtml(leader.epoch ?? "unknown")}`;
  // The address was written by another party: only a web address becomes a link.
  return /^https?:\/\//.test(leader.address) ? `<a href="${address}">${address}</a>` : address;
}

function describeState({ kind, entries, broken, brokenCount, lastError }: StateStatus): string {
  const names = broken.slice(0, SHOWN_NAMES).map(({ name }) => name).join(", ");
  const more = brokenCount > SHOWN_NAMES ? ", …" : "";
  const parts = [
    kind,
    ...(entries === null ? [] : [`${entries} ${entries === 1 ? "entry" : "entries"}`]),
    ...(brokenCount === 0 ? [] : [`${brokenCount} broken: ${names}${more}`]),
    ...(lastError === undefined ? [] : [lastError]),
  ];
  return escapeHtml(parts.join("; "));
}
