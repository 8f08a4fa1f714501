import type { ZooKeeperConfiguration } from "../../config/configuration.ts";
import type { ClusterListing, Occupant } from "../../election/clusters.ts";
import { table, titlesIn } from "../state/table.ts";
import { PLAIN, type Style } from "../style.ts";

/** Longer than any name or address that works. */
const MAX_SHOWN = 300;

/** A line for each occupant, under titles. */
export function listingTable(
  { occupants }: ClusterListing,
  zookeeper: ZooKeeperConfiguration,
  style: Style = PLAIN,
): string {
  const titles = ["CLUSTER-ID", "STATE", "LEADER", "MASTERS", "ENTRIES", ""];
  return table(titles, occupants.map((occupant) => row(occupant, zookeeper)), titlesIn(style));
}

/** The listing as one JSON document. */
export function listingJson(
  { occupants, isComplete }: ClusterListing,
  { root, namespace }: ZooKeeperConfiguration,
): string {
  const clusters = occupants.map((occupant) => ({
    clusterId: clusterId(occupant.path, root),
    path: occupant.path,
    state: occupant.kind,
    leader: leaderOf(occupant) ?? null,
    masters: "masters" in occupant ? occupant.masters : null,
    entries: "entries" in occupant ? occupant.entries : null,
    isConfigured: occupant.path === namespace,
  }));
  return inAscii(JSON.stringify({ root, clusters, isComplete }));
}

/** The path below the root; the root itself may be a cluster, too. */
export function clusterId(path: string, root: string): string {
  if (path === root) return "/";
  return root === "/" ? path : path.slice(root.length);
}

function row(occupant: Occupant, { root, namespace }: ZooKeeperConfiguration): string[] {
  const { masters, entries } = "masters" in occupant ? occupant : {};
  return [
    shortened(clusterId(occupant.path, root)),
    occupant.kind.replace("-", " "),
    shortened(leaderOf(occupant) ?? "-"),
    String(masters ?? "-"),
    String(entries ?? "-"),
    occupant.path === namespace ? "(configured here)" : "",
  ];
}

function leaderOf(occupant: Occupant): string | undefined {
  return "leader" in occupant ? occupant.leader?.address : undefined;
}

function shortened(text: string): string {
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}...`;
}

// JSON.stringify() leaves characters as they are that a terminal obeys.
function inAscii(json: string): string {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return json.replace(/[\u007f-\uffff]/g, escaped);
}
