import type { NodeStatus } from "../status.ts";
import { SCRIPT_PATHS } from "./assets.ts";
import { escapeHtml } from "./escape.ts";
import template from "./page/page.html" with { type: "text" };
import { renderRows } from "./plain_status.ts";

/**
 * The page for people. What this master says of itself stands in it, for browsers without JavaScript;
 * with it, the page shows the whole cluster in its place.
 */
export function renderPage(status: NodeStatus): string {
  const { node, role, clusterId } = status;
  const host = node.host.includes(":") ? `[${node.host}]` : node.host;
  const address = escapeHtml(`${host}:${node.webuiPort}`);
  const values: Readonly<Record<string, string>> = {
    title: `${address} - ${escapeHtml(role)}`,
    clusterId: escapeHtml(clusterId),
    address,
    preloads: SCRIPT_PATHS.map((path) => `<link rel="modulepreload" href="${path}">`).join("\n"),
    rows: renderRows(status),
  };
  return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name]!);
}
