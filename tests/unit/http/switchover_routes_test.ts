import assert from "node:assert/strict";
import { answerBy } from "../../../src/http/router.ts";
import { type SwitchoverCalls, switchoverRoutes } from "../../../src/http/switchover_routes.ts";

const RIGHT = { authorization: "Bearer right" };

/** Asks a master that notes for whom it was asked, and does as it is told. */
async function ask(
  init: { body?: string; headers?: Record<string, string>; method?: string },
  outcome: "done" | "refused" | "undone" = "done",
) {
  const asked: (string | undefined)[] = [];
  const calls: SwitchoverCalls = {
    isAccepted: (token) => token === "right",
    switchOver: (to) => {
      asked.push(to);
      return Promise.resolve({ outcome, message: "what became of it" });
    },
  };
  // As servers get it.
  const length = { "content-length": String(init.body?.length ?? 0) };
  const headers = { ...init.headers, ...length };
  const url = "http://localhost/api/v1/switchover";
  const request = new Request(url, { method: "POST", ...init, headers });
  const response = await answerBy(switchoverRoutes(calls))(request);
  return { status: response.status, body: await response.json(), asked };
}

Deno.test("switchoverRoutes() gives leadership to who is named, or to the next one", async () => {
  const named = await ask({ headers: RIGHT, body: '{"to":"b:8082"}' });
  assert.deepEqual(named, {
    status: 200,
    body: { outcome: "done", message: "what became of it" },
    asked: ["b:8082"],
  });
  for (const body of ["{}", undefined]) {
    assert.deepEqual((await ask({ headers: RIGHT, body })).asked, [undefined]);
  }
});

Deno.test("switchoverRoutes() tells by the status what was refused or is not done", async () => {
  assert.equal((await ask({ headers: RIGHT }, "refused")).status, 409);
  assert.equal((await ask({ headers: RIGHT }, "undone")).status, 503);
});

Deno.test("switchoverRoutes() does nothing without the token, whatever the body", async () => {
  for (const authorization of ["", "Bearer wrong", "Basic right", "Bearer", "bearer right x"]) {
    const { status, asked } = await ask({ headers: { authorization }, body: "{" });
    assert.deepEqual([status, asked], [401, []], authorization);
  }
});

Deno.test("switchoverRoutes() takes no other body, and no other method", async () => {
  const bodies = ["[]", "null", '"b:8082"', "{", '{"to":1}', '{"to":""}', '{"too":"b:8082"}'];
  for (const body of [...bodies, JSON.stringify({ to: "b".repeat(301) })]) {
    const { status, asked } = await ask({ headers: RIGHT, body });
    assert.deepEqual([status, asked], [400, []], body);
  }
  const long = JSON.stringify({ to: "b".repeat(5000) });
  assert.equal((await ask({ headers: RIGHT, body: long })).status, 413);
  assert.equal((await ask({ headers: RIGHT, method: "GET" })).status, 405);
});

Deno.test("switchoverRoutes() says what is missing where nobody may ask", async () => {
  const request = new Request("http://localhost/api/v1/switchover", {
    method: "POST",
    headers: RIGHT,
  });
  const response = await answerBy(switchoverRoutes(undefined))(request);
  assert.equal(response.status, 403);
  assert.match((await response.json()).error, /masterd\.token-file/);
});
