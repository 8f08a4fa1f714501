import { StateCluster } from "../integration/daemon/state_cluster.ts";
import { Chromium } from "./chromium.ts";

Deno.test("the open page of a standby shows who leads after the leader was killed", async () => {
  await using cluster = await StateCluster.create();
  const [first, second] = cluster.ports;
  const leader = cluster.master(first);
  await cluster.untilStatus(first, ({ role }) => role === "leader");
  cluster.master(second);
  await cluster.untilStatus(second, ({ role }) => role === "standby");
  await using browser = await Chromium.start();
  await using page = await browser.page();
  await page.show(`http://localhost:${second}/`);
  await page.untilText(
    "#masters",
    new RegExp(`^Leads localhost:${first} .*Next in line localhost:${second}`),
  );
  await leader.kill();
  await page.untilText("#masters", new RegExp(`^Leads localhost:${second} this page`));
  await page.untilText("#history", /without a leader, after a crash/);
});
