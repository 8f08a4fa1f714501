import { since } from "./clock.js";
import { element, factList } from "./element.js";
import { renderLease } from "./lease_bar.js";
import { mark } from "./mark.js";
import { addressText, masterUrl, secondsText, timeText } from "./words.js";
/** @import { ClusterLeader, ClusterMaster, LeaseStatus } from "../../cluster_document.ts" */
/** @import { CommandStatus } from "../../status.ts" */
/** @import { Cluster, Received } from "./types.ts" */

/** @typedef {{lease: Received<LeaseStatus> | undefined, nowMs: number, atMs: number}} View */

/**
 * The masters: who leads first, and then who would next.
 * @param {Cluster} cluster
 * @param {View} view
 */
export function renderMasters(cluster, view) {
  const { leader, masters } = cluster;
  const own = masters.find((master) => leader !== null && isOf(leader, master));
  const first = leader === null
    ? renderVacancy(cluster, view)
    : renderLeader(leader, own, { cluster, ...view });
  const rest = masters.filter((master) => master !== own);
  // Who leads has the place 0, and while nobody does, who is next has it.
  const ahead = leader === null ? 0 : 1;
  return [first, ...rest.map((master) => renderMaster(master, { ahead, nowMs: view.nowMs }))];
}

/**
 * @param {ClusterLeader} leader
 * @param {ClusterMaster} master
 */
function isOf(leader, master) {
  return master.host === leader.host && master.port === leader.port;
}

/**
 * @param {Cluster} cluster
 * @param {View} view
 */
function renderVacancy({ history }, { nowMs }) {
  const endedAt = history[0]?.endedAt ?? null;
  return element(
    "li",
    { key: "nobody", class: "master vacant" },
    heading("critical", "Vacant", element("span", { class: "name" }, "Nobody leads")),
    endedAt !== null && element(
      "p",
      {},
      `Since ${timeText(endedAt, nowMs)}, for ${secondsText(since(endedAt, nowMs))}`,
    ),
  );
}

/**
 * @param {ClusterLeader} leader
 * @param {ClusterMaster | undefined} own its entry among the masters
 * @param {{cluster: Cluster} & View} view
 */
function renderLeader(leader, own, { cluster, lease, nowMs, atMs }) {
  const name = own === undefined ? element("span", { class: "name" }, leader.address) : named(own);
  const badge = own?.role === "stopping" ? "Stops leading" : "Leads";
  return element(
    "li",
    { key: own === undefined ? "leader" : addressText(own), class: "master leader" },
    heading("leader", badge, name, own?.isSelf === true),
    leader.since !== null && element(
      "p",
      {},
      `For ${secondsText(since(leader.since, nowMs))}, since ${timeText(leader.since, nowMs)}`,
    ),
    renderLease(lease, atMs),
    factList([
      ["Epoch", leader.epoch ?? "none: this leader is not masterd"],
      ["Command", describeCommand(cluster.command)],
      ...factsOf(own, nowMs),
    ]),
  );
}

/**
 * @param {ClusterMaster} master
 * @param {{ahead: number, nowMs: number}} view
 */
function renderMaster(master, { ahead, nowMs }) {
  const { role, isRegistered, isSelf } = master;
  return element(
    "li",
    { key: addressText(master), class: `master ${isRegistered ? "there" : "missing"}` },
    heading(role, placeText(master, ahead), named(master), isSelf),
    factList([["Role", isRegistered ? role : "not there"], ...factsOf(master, nowMs)]),
  );
}

/**
 * @param {string} drawing
 * @param {string} badge
 * @param {Element} name
 * @param {boolean} isSelf
 */
function heading(drawing, badge, name, isSelf = false) {
  return element(
    "div",
    { class: "heading" },
    element("p", { class: "badge" }, mark(drawing), badge),
    element("h3", {}, name),
    isSelf && element("p", { class: "self" }, "this page"),
  );
}

/** @param {ClusterMaster} master */
function named(master) {
  const url = master.isSelf ? undefined : masterUrl(master);
  const text = addressText(master);
  return url === undefined
    ? element("span", { class: "name" }, text)
    : element("a", { class: "name", href: url, rel: "noreferrer" }, text);
}

/**
 * @param {ClusterMaster} master
 * @param {number} ahead
 */
function placeText({ place, isRegistered }, ahead) {
  if (!isRegistered) return "Missing";
  if (place === null) return "Not in line";
  return place <= ahead ? "Next in line" : `Number ${place - ahead + 1} in line`;
}

/**
 * @param {ClusterMaster | undefined} master
 * @param {number} nowMs
 * @returns {[string, Node | string | null][]}
 */
function factsOf(master, nowMs) {
  if (master === undefined) return [];
  const { connection, pid, version, startedAt } = master;
  return [
    ["ZooKeeper", connection === null ? null : renderConnection(connection)],
    ["Process", pid === null ? null : String(pid)],
    ["masterd", version],
    ["Started", startedAt === null ? null : timeText(startedAt, nowMs)],
  ];
}

/** @param {string} connection */
function renderConnection(connection) {
  if (connection === "connected" || connection === "none") return connection;
  return element("span", { class: "doubtful" }, mark("warning"), connection);
}

/** @param {CommandStatus | null} command */
function describeCommand(command) {
  if (command === null) return null;
  const { kind, pid } = command;
  return typeof pid === "number" ? `${kind}, pid ${pid}` : kind;
}
