import type { LeaderStatus, NodeStatus, StateStatus } from "./status.ts";

/** Broken entries that the page names; the status has more of them. */
const SHOWN_NAMES = 10;

/** A plain page for people: the role of this node, who leads, and where to read more. */
export function renderStatusPage(status: NodeStatus): string {
  const { node } = status;
  const rows = [
    ["Role", escape(status.role)],
    ["Leader", describeLeader(status.leader)],
    ["Cluster", escape(status.clusterId)],
    ["RPC port", escape(String(node.rpcPort ?? "none yet"))],
    ["ZooKeeper", escape(status.connection.kind)],
    ["Workers", String(status.workers.length)],
    ...(status.command ? [["Command", escape(status.command.kind)] as const] : []),
    ...(status.state ? [["State", describeState(status.state)] as const] : []),
    ["Process", escape(`${node.pid}, masterd ${node.version}, since ${node.startedAt}`)],
  ];
  const host = node.host.includes(":") ? `[${node.host}]` : node.host;
  const title = escape(`${host}:${node.webuiPort}`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title} - ${escape(status.role)}</title>
<style>body{font:16px/1.5 sans-serif;margin:2rem}th{text-align:left;padding-right:1.5rem}</style>
<h1>${title}</h1>
<table>
${rows.map(([name, value]) => `<tr><th>${name}</th><td>${value}</td></tr>`).join("\n")}
</table>
<p><a href="/api/v1/status">status</a> <a href="/leader">leader</a> <a href="/standby">standby</a>
<a href="/ready">ready</a> <a href="/live">live</a></p>
</html>
`;
}

function describeLeader(leader: LeaderStatus | null): string {
  if (!leader) return "none known";
  const address = escape(leader.address);
  if (leader.own) return `this node, epoch ${escape(leader.epoch ?? "unknown")}`;
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
  return escape(parts.join("; "));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
