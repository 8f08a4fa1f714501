import { masterNow } from "./clock.js";
import { ClusterFeed } from "./cluster_feed.js";
import { byId } from "./element.js";
import { renderHistory } from "./history.js";
import { renderJournal } from "./journal.js";
import { LeaseBar } from "./lease_bar.js";
import { renderLink } from "./link.js";
import { renderMasters } from "./masters.js";
import { patchChildren } from "./patch.js";
import { isSeenNow } from "./sight.js";
import { renderState } from "./state.js";
import { Switchover } from "./switchover.js";
import { renderVerdict } from "./verdict.js";
import { addressText } from "./words.js";
import { renderWorkers } from "./workers.js";
/** @import { LeaseStatus } from "../../cluster_document.ts" */
/** @import { Cluster, Picture, Received } from "./types.ts" */

const KEPT_EVENTS = 200;

/**
 * @typedef {object} View
 * @property {number} atMs by the clock of this page
 * @property {number} heardMs when it was so, as far as this page has heard
 * @property {boolean} isOld whether the master that told it does not answer any more
 * @property {boolean} isNow whether it is so now
 */

/** @type {Picture} */
const picture = { link: { kind: "connecting" }, cluster: undefined, lease: undefined, journal: [] };
const leaseBar = new LeaseBar();
const switchover = new Switchover();
let isDrawn = true;

/** Draws soon: events that arrive together are drawn once. */
function changed() {
  if (!isDrawn) return;
  isDrawn = false;
  setTimeout(draw);
}

function draw() {
  isDrawn = true;
  const atMs = performance.now();
  const { cluster, link, lease } = picture;
  const isLost = link.kind === "cut-off";
  byId("link").hidden = false;
  byId("link").dataset.kind = link.kind;
  patchChildren(byId("link"), renderLink(picture, atMs));
  document.body.classList.toggle("old", isLost);
  if (cluster === undefined) return;
  byId("plain").hidden = true;
  byId("live").hidden = false;
  // What nobody hears of does not grow older: it is shown as it was.
  const heardMs = link.kind === "cut-off" ? link.sinceMs : atMs;
  const view = { atMs, heardMs, isOld: isLost, isNow: isSeenNow(cluster.value, link) };
  drawCluster(cluster, view);
  leaseBar.show(lease, atMs);
  switchover.show(cluster.value, view);
  document.title = titleOf(cluster.value, view);
}

/**
 * @param {Received<Cluster>} cluster
 * @param {View} view
 */
function drawCluster(cluster, { atMs, heardMs, isOld, isNow }) {
  const { value } = cluster;
  const nowMs = masterNow(cluster, atMs);
  patchChildren(byId("verdict"), renderVerdict(value, { nowMs, isOld }));
  patchChildren(
    byId("masters"),
    renderMasters(value, { lease: picture.lease, nowMs, atMs, isNow }),
  );
  patchChildren(byId("history"), renderHistory(value, { nowMs, isNow }));
  patchChildren(byId("state"), renderState(value));
  patchChildren(byId("workers"), renderWorkers(cluster, heardMs));
  patchChildren(byId("journal"), renderJournal(picture.journal, nowMs));
}

/**
 * What stands in the tab: the worst first.
 * @param {Cluster} cluster
 * @param {View} view
 */
function titleOf({ leader, masters, verdict, answeredBy, clusterId }, { isOld, isNow }) {
  if (isOld) return `Cut off from ${addressText(answeredBy)}`;
  const sign = verdict.severity === "ok" ? "" : "! ";
  const own = masters.find(({ host, port }) => leader?.host === host && leader.port === port);
  const name = own === undefined ? leader?.address : addressText(own);
  const nobody = isNow ? "Nobody leads" : "Who leads is not known";
  const text = name === undefined ? nobody : `${name} ${isNow ? "leads" : "led when last seen"}`;
  return `${sign}${text} - ${clusterId}`;
}

/**
 * @param {LeaseStatus | null} lease
 * @param {number} atMs
 */
function received(lease, atMs) {
  return lease === null ? undefined : { value: lease, atMs };
}

const feed = new ClusterFeed({
  link(link) {
    picture.link = link;
    changed();
  },
  cluster(value) {
    const atMs = performance.now();
    picture.cluster = { value, atMs };
    picture.lease = received(value.lease, atMs);
    changed();
  },
  lease(value) {
    picture.lease = received(value, performance.now());
    changed();
  },
  journal(event, id) {
    picture.journal = [...picture.journal, { ...event, id }].slice(-KEPT_EVENTS);
    changed();
  },
});

byId("zone").textContent = `Times of ${Intl.DateTimeFormat().resolvedOptions().timeZone}`;
setInterval(draw, 1000);
await feed.run();
