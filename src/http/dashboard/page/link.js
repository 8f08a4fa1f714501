import { masterNow } from "./clock.js";
import { element } from "./element.js";
import { mark } from "./mark.js";
import { addressText, clockText, masterUrl, secondsText } from "./words.js";
/** @import { Cluster, Picture } from "./types.ts" */

/**
 * Whether what the page shows is what is: the way to the master, how old the picture is, and where else to ask.
 * @param {Picture} picture
 * @param {number} atMs by the clock of this page
 */
export function renderLink({ link, cluster }, atMs) {
  const { drawing, name, text } = WORDS[link.kind];
  const said = element(
    "p",
    { role: "status" },
    mark(drawing),
    element("b", {}, name),
    ` ${text.replace("MASTER", () => sourceText(cluster?.value))}`,
  );
  if (cluster === undefined) return [said];
  // Not in what is read aloud, for they change every second.
  const time = element("p", { class: "time" }, clockText(masterNow(cluster, atMs)));
  if (link.kind !== "cut-off") return [said, time];
  const age = element("p", {}, `What you see is ${secondsText(atMs - link.sinceMs)} old.`);
  return [said, age, ...renderOthers(cluster.value.masters)];
}

/** @param {Cluster | undefined} cluster */
function sourceText(cluster) {
  if (cluster === undefined) return "this master";
  const self = cluster.masters.find(({ isSelf }) => isSelf);
  const role = self === undefined || self.role === "unknown" ? "" : ` (${self.role})`;
  return addressText(cluster.answeredBy) + role;
}

/** @type {Readonly<Record<Picture["link"]["kind"], {drawing: string, name: string, text: string}>>} */
const WORDS = {
  connecting: { drawing: "starting", name: "Connecting", text: "to this master" },
  live: { drawing: "ok", name: "Live", text: "from MASTER" },
  polling: {
    drawing: "warning",
    name: "Asking every two seconds:",
    text: "the events of MASTER do not come through",
  },
  "cut-off": { drawing: "critical", name: "Cut off", text: "from MASTER, which does not answer." },
};

/** @param {import("../../cluster_document.ts").ClusterMaster[]} masters */
function renderOthers(masters) {
  const links = masters.filter(({ isSelf }) => !isSelf).flatMap((master) => {
    const href = masterUrl(master);
    return href === undefined
      ? []
      : [element("a", { href, rel: "noreferrer" }, addressText(master)), " "];
  });
  return links.length === 0 ? [] : [element("p", {}, "Ask another: ", ...links)];
}
