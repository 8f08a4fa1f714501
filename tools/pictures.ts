/** Writes the pictures of the page that the documentation shows. Argument: the folder to write them to. */
import type { ClusterDocument } from "../src/http/cluster_document.ts";
import { Chromium } from "../tests/browser/chromium.ts";
import { ClusterServer } from "../tests/browser/cluster_server.ts";
import { DEGRADED, FAILOVER, HEALTHY, JOURNAL, NO_QUORUM } from "../tests/browser/situations.ts";

type Scheme = "light" | "dark";

const PICTURES: readonly [name: string, cluster: ClusterDocument, width: number, scheme: Scheme][] =
  [
    ["healthy", HEALTHY, 1280, "light"],
    ["failover", FAILOVER, 1280, "dark"],
    ["degraded", DEGRADED, 380, "dark"],
    ["no-quorum", NO_QUORUM, 380, "light"],
  ];

const [folder] = Deno.args;
if (folder === undefined) throw new Error("Usage: pictures.ts FOLDER");
await using browser = await Chromium.start();
for (const [name, cluster, width, scheme] of PICTURES) {
  await using server = new ClusterServer(cluster);
  await using page = await browser.page();
  await page.setView({ width, scheme });
  await page.show(server.url);
  JOURNAL.forEach((event) => server.tell(event));
  await page.untilText("#journal", /zk-1/);
  await page.picture(`${folder}/${name}.webp`);
}
