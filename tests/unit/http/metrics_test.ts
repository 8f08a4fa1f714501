import assert from "node:assert/strict";
import { metricsRoutes } from "../../../src/http/metrics.ts";
import { answerBy } from "../../../src/http/router.ts";
import { request } from "./requests.ts";

const routes = metricsRoutes(() => Promise.resolve({ contentType: "text/x", text: "a 1\n" }));

Deno.test("metricsRoutes() answers with the text and its type, whatever else is accepted", async () => {
  const scrape = request("GET", "/metrics");
  scrape.headers.set("accept", "application/openmetrics-text;version=1.0.0;q=0.5");
  const response = await answerBy(routes)(scrape);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "text/x");
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.equal(await response.text(), "a 1\n");
});

Deno.test("metricsRoutes() can only be read", async () => {
  assert.equal((await answerBy(routes)(request("POST", "/metrics"))).status, 405);
});
