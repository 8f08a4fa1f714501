import { since } from "./clock.js";
import { element, factList } from "./element.js";
import { renderLease } from "./lease_bar.js";
import { mark } from "./mark.js";
import { addressText, masterUrl, secondsText, timeText } from "./words.js";
/** @import { ClusterLeader, ClusterMaster, LeaseStatus } from "../../cluster_document.ts" */
/** @import { CommandStatus } from "../../status.ts" */
/** @import { Cluster, Received } from "./types.ts" */

/**
 * @typedef {object} View
 * @property {Received<LeaseStatus> | undefined} lease
 * @property {number} nowMs by the clock of the master
 * @property {number} atMs by the clock of this page
 * @property {boolean} isNow whether it is so now; else it was when it was seen last
 */

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
  return [first, ...rest.map((master) => renderMaster(master, { ahead, ...view }))];
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
function renderVacancy({ history }, { nowMs, isNow }) {
  if (!isNow) return renderDoubt();
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

function renderDoubt() {
  return element(
    "li",
    { key: "nobody", class: "master doubt" },
    heading("unknown", "Not known", element("span", { class: "name" }, "Who leads is not known")),
  );
}

/**
 * @param {ClusterLeader} leader
 * @param {ClusterMaster | undefined} own its entry among the masters
 * @param {{cluster: Cluster} & View} view
 */
function renderLeader(leader, own, { cluster, lease, nowMs, atMs, isNow }) {
  const name = own === undefined ? element("span", { class: "name" }, leader.address) : named(own);
  const badge = own?.role === "stopping" ? "Stops leading" : "Leads";
  return element(
    "li",
    {
      key: own === undefined ? "leader" : addressText(own),
      class: isNow ? "master leader" : "master leader doubt",
    },
    isNow
      ? heading("leader", badge, name, own?.isSelf === true)
      : heading("unknown", "Led when last seen", name, own?.isSelf === true),
    leader.since !== null && element("p", {}, describeReign(leader.since, { nowMs, isNow })),
    // Without ZooKeeper it leads for as long as it runs.
    own?.connection !== "none" && renderLease(lease, { atMs, isNow }),
    factList([
      ["Epoch", leader.epoch ?? "none: this leader is not masterd"],
      ["Command", describeCommand(cluster.command)],
      ...factsOf(own, nowMs),
    ]),
  );
}

/**
 * @param {string} iso
 * @param {{nowMs: number, isNow: boolean}} view
 */
function describeReign(iso, { nowMs, isNow }) {
  const time = timeText(iso, nowMs);
  return isNow ? `For ${secondsText(since(iso, nowMs))}, since ${time}` : `Since ${time}`;
}

/**
 * @param {ClusterMaster} master
 * @param {{ahead: number} & View} view
 */
function renderMaster(master, { ahead, nowMs, isNow }) {
  const { role, isRegistered, isSelf } = master;
  const kind = !isNow ? "doubt" : isRegistered ? "there" : "missing";
  return element(
    "li",
    { key: addressText(master), class: `master ${kind}` },
    isNow
      ? heading(isRegistered ? role : "warning", placeText(master, ahead), named(master), isSelf)
      : heading("unknown", "Not known now", named(master), isSelf),
    factList([
      // That a master in line stands by goes without saying.
      ["Role", !isRegistered || role === "standby" ? null : role],
      ...factsOf(master, nowMs),
    ]),
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
