import assert from "node:assert/strict";
import { until } from "../support/until.ts";
import { violationsOf } from "./accessibility.ts";
import type { BrowserPage } from "./browser_page.ts";
import { Chromium } from "./chromium.ts";
import { ClusterServer } from "./cluster_server.ts";
import { FAILOVER, HEALTHY, hostile, JOURNAL, NO_QUORUM, TAKEN_OVER } from "./situations.ts";

const NETWORK_ERROR = /^Failed to load resource: net::ERR_/;
const HOSTILE =
  `<img src=x onerror="document.title='taken'"><script>document.title="taken"</script>'"`;

async function shown(browser: Chromium, server: ClusterServer): Promise<BrowserPage> {
  const page = await browser.page();
  await page.show(server.url);
  await page.untilText("#link", /^Live/);
  return page;
}

Deno.test("an open page follows a failover", async () => {
  await using server = new ClusterServer(HEALTHY);
  await using browser = await Chromium.start();
  await using page = await shown(browser, server);
  await page.setView({ width: 1280, isCalm: false });
  await page.untilText("#masters", /Leads db-1\.example:8081/);
  assert.match(await title(page), /^db-1\.example:8081 leads/);

  server.become(FAILOVER);
  await page.untilText("#masters", /Vacant Nobody leads/);
  assert.match(await title(page), /^! Nobody leads/);
  assert.match(await page.text("#verdict"), /^Critical Nobody leads/);
  assert.match(await page.text("#workers"), /Not known/);

  server.become(TAKEN_OVER);
  await page.untilText("#masters", /Leads db-2\.example:8081/);
  assert.match(await title(page), /^! db-2\.example:8081 leads/);
  assert.match(await page.text("#history"), /db-2\.example:8081 .*41 ms without a leader/);
  assert.deepEqual(page.complaints, []);
});

Deno.test("the lease shrinks on the page while nothing is heard of it, and is full again once it is renewed", async () => {
  await using server = new ClusterServer(HEALTHY);
  await using browser = await Chromium.start();
  await using page = await shown(browser, server);
  const left = async () =>
    Number(await page.evaluate(`document.querySelector("[role=meter]").ariaValueNow`));
  const first = await until(left, (value) => value > 0);
  await until(left, (value) => value < first);
  server.tellLease(9400, 9500);
  await until(left, (value) => value > first);
});

Deno.test("a page that hears nothing more says so, and how old its picture is, until it hears again", async () => {
  await using server = new ClusterServer(HEALTHY);
  await using browser = await Chromium.start();
  await using page = await shown(browser, server);
  server.tell(JOURNAL[0]!);
  await page.untilText("#journal", /leads no more/);
  await server.stop();
  const text = await page.untilText("#link", /^Cut off/);
  assert.match(text, /db-2\.example:8081 .*does not answer\. What you see is .* old/);
  assert.match(text, /Ask another: db-1\.example:8081 db-3\.example:8081/);
  assert.match(await title(page), /^Cut off from db-2\.example:8081/);
  assert.match(await page.text("#masters"), /^Led when last seen db-1\.example:8081/);
  assert.match(await page.text("#verdict"), /^At \d\d:\d\d:\d\d All is well/);
  assert.doesNotMatch(await page.text("#live"), /so far|Leads|Next in line|being renewed/);

  server.start();
  await page.untilText("#link", /^Live/);
  assert.match(await title(page), /leads/);
  assert.equal(server.resumed[0], null);
  assert.match(server.resumed.at(-1)!, /\.1$/);
  assert.deepEqual(page.complaints.filter((text) => !NETWORK_ERROR.test(text)), []);
});

Deno.test("a page that gets no stream asks again and again", async () => {
  await using server = new ClusterServer(HEALTHY);
  server.isFull = true;
  await using browser = await Chromium.start();
  await using page = await browser.page();
  await page.show(server.url);
  await page.untilText("#link", /^Asking every two seconds/);
  server.become(NO_QUORUM);
  await page.untilText("#verdict", /ZooKeeper cannot be used/);
});

Deno.test("the page shows what others wrote as the text that it is, and runs nothing of it", async () => {
  await using server = new ClusterServer(hostile(HOSTILE));
  await using browser = await Chromium.start();
  await using page = await shown(browser, server);
  server.tell({ kind: "leader", message: HOSTILE });
  await page.untilText("#journal", /onerror/);
  for (const part of ["masters", "workers", "state", "history", "verdict", "journal"]) {
    assert.ok((await page.text(`#${part}`)).includes(`<img src=x onerror=`), part);
  }
  assert.equal(
    await page.evaluate("document.querySelectorAll('#live img, #live script').length"),
    0,
  );
  assert.doesNotMatch(await title(page), /^taken/);
  assert.deepEqual(page.complaints, []);
});

Deno.test("leadership is given to another from the keyboard, with the token, after a question", async () => {
  await using server = new ClusterServer({ ...HEALTHY, switchover: true });
  await using browser = await Chromium.start();
  await using page = await shown(browser, server);
  await page.untilText("#masters", /Leads/);
  await tabTo(page, "switchover");
  await page.press("Enter");
  await until(() => focused(page), (id) => id === "token");
  assert.match(await page.text("#question"), /db-1\.example:8081 stops leading/);
  assert.deepEqual(await violationsOf(page), []);
  await page.press("Escape");
  await until(() => focused(page), (id) => id === "switchover");
  assert.deepEqual(server.asked, []);

  await page.press("Enter");
  await until(() => focused(page), (id) => id === "token");
  await page.write("wrong");
  server.switchoverAnswer = { status: 401, body: { error: "A valid token is needed" } };
  await page.press("Enter");
  await page.untilText("#question-error", /The token was refused/);
  await until(() => focused(page), (id) => id === "token");
  await page.write("right");
  server.switchoverAnswer = { status: 200, body: { message: "switched over" } };
  await tabTo(page, "confirm");
  await page.press(" ");
  await page.untilText("#switchover-result", /switched over/);
  assert.deepEqual(server.asked, [
    { authorization: "Bearer wrong", body: {} },
    { authorization: "Bearer right", body: {} },
  ]);
  assert.deepEqual(await page.evaluate("[document.cookie, localStorage.length]"), ["", 0]);
});

Deno.test("the page names the chosen master when it asks for a switchover", async () => {
  await using server = new ClusterServer({ ...HEALTHY, switchover: true });
  await using browser = await Chromium.start();
  await using page = await shown(browser, server);
  await tabTo(page, "switchover");
  await page.press("Enter");
  await page.write("right");
  await page.evaluate(`document.getElementById("target").value = "db-3.example:8081"`);
  await page.press("Enter");
  await until(() => server.asked.length, (count) => count === 1);
  assert.deepEqual(server.asked[0]!.body, { to: "db-3.example:8081" });
});

Deno.test("the page offers no switchover where there is no token, and gives none while nobody leads", async () => {
  await using server = new ClusterServer(HEALTHY);
  await using browser = await Chromium.start();
  await using page = await shown(browser, server);
  await page.untilText("#masters", /Leads/);
  const button = `document.getElementById("switchover")`;
  assert.equal(await page.evaluate(`${button}.checkVisibility()`), false);
  server.become({ ...FAILOVER, switchover: true });
  await until(() => page.evaluate(`${button}.checkVisibility()`), (isShown) => isShown === true);
  await page.evaluate(`${button}.click()`);
  assert.equal(await page.evaluate(`document.getElementById("question").open`), false);
});

Deno.test("the page of a master that has lost ZooKeeper does not tell as so what it saw last", async () => {
  await using server = new ClusterServer(NO_QUORUM);
  await using browser = await Chromium.start();
  await using page = await shown(browser, server);
  const text = await page.untilText("#masters", /Led when last seen/);
  assert.doesNotMatch(text, /Leads|Next|Missing|Vacant|Nobody/);
  assert.match(await title(page), /^! db-1\.example:8081 led when last seen/);
  server.become({ ...NO_QUORUM, leader: null });
  await page.untilText("#masters", /Who leads is not known/);
  assert.match(await title(page), /^! Who leads is not known/);
});

Deno.test("without JavaScript the page says what its master says of itself", async () => {
  await using server = new ClusterServer(HEALTHY);
  await using browser = await Chromium.start();
  await using page = await browser.page();
  await page.call("Emulation.setScriptExecutionDisabled", { value: true });
  await page.show(server.url);
  const text = await page.untilText("#plain", /With JavaScript/);
  assert.match(text, /db-2\.example:8081 Role standby Leader http:\/\/db-1\.example:8081/);
});

async function title(page: BrowserPage): Promise<string> {
  return await page.evaluate("document.title") as string;
}

async function focused(page: BrowserPage): Promise<unknown> {
  return await page.evaluate("document.activeElement.id");
}

/** Goes on with the Tab key until an element has the focus. */
async function tabTo(page: BrowserPage, id: string): Promise<void> {
  for (let stops = 0; stops < 50; stops++) {
    await page.press("Tab");
    if (await focused(page) === id) return;
  }
  assert.fail(`${id} cannot be reached by the Tab key`);
}
