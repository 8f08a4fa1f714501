import assert from "node:assert/strict";
import type { ClusterDocument } from "../../src/http/cluster_document.ts";
import { violationsOf } from "./accessibility.ts";
import type { BrowserPage } from "./browser_page.ts";
import { Chromium } from "./chromium.ts";
import { ClusterServer } from "./cluster_server.ts";
import { pictureFolder } from "./picture_folder.ts";
import { DEGRADED, FAILOVER, HEALTHY, JOURNAL, LARGE, NO_QUORUM } from "./situations.ts";

const SITUATIONS: Readonly<Record<string, ClusterDocument>> = {
  "healthy": HEALTHY,
  "failover": FAILOVER,
  "no-quorum": NO_QUORUM,
  "degraded": DEGRADED,
  "large": LARGE,
};

for (const [name, cluster] of Object.entries(SITUATIONS)) {
  Deno.test(`the page of a cluster that is ${name} fits, is accessible and complains of nothing`, async () => {
    const folder = await pictureFolder();
    await using server = new ClusterServer({ ...cluster, switchover: true });
    await using browser = await Chromium.start();
    await using page = await browser.page();
    await page.setView({ width: 1280 });
    await page.show(server.url);
    await page.untilText("#verdict", /./);
    JOURNAL.forEach((event) => server.tell(event));
    await page.untilText("#journal", /zk-1/);
    for (const width of [380, 1280]) {
      for (const scheme of ["light", "dark"] as const) {
        await page.setView({ width, scheme });
        await page.picture(`${folder}/${name}-${width}-${scheme}.png`);
        assert.deepEqual(await violationsOf(page), [], `${width} ${scheme}`);
        assert.equal(await overflow(page), 0, `${width} ${scheme}`);
      }
    }
    assert.deepEqual(page.complaints, []);
  });
}

/** By how many pixels the page is wider than the window. */
async function overflow(page: BrowserPage): Promise<unknown> {
  return await page.evaluate(
    "Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)",
  );
}
