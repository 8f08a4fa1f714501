import assert from "node:assert/strict";
import { jsonResponse, RequestError } from "../../../src/http/responses.ts";
import { answerBy } from "../../../src/http/router.ts";
import { request } from "./requests.ts";

const answer = answerBy([
  { method: "GET", path: "/", answer: () => jsonResponse(200, "root") },
  { method: "GET", path: "/items/:id", answer: (_, { id }) => jsonResponse(200, id) },
  { method: "DELETE", path: "/items/:id", answer: () => jsonResponse(200, "deleted") },
  { method: "GET", path: "/files/*path", answer: (_, { path }) => jsonResponse(200, path) },
  {
    method: "POST",
    path: "/items",
    answer: () => {
      throw new RequestError(418, "short and stout", {
        fields: { kind: "teapot" },
        headers: { "retry-after": "1" },
      });
    },
  },
  {
    method: "GET",
    path: "/broken",
    answer: () => {
      throw new TypeError("a defect");
    },
  },
]);

Deno.test("answerBy() answers by method and path, without the query", async () => {
  assert.equal(await (await answer(request("GET", "/?a=b"))).json(), "root");
  assert.equal(await (await answer(request("DELETE", "/items/7"))).json(), "deleted");
});

Deno.test("answerBy() hands over the open segments of a path, decoded", async () => {
  assert.equal(await (await answer(request("GET", "/items/a%20b"))).json(), "a b");
});

Deno.test("answerBy() hands over all that is left of a path, decoded", async () => {
  const rest = async (path: string) => await (await answer(request("GET", path))).json();
  assert.equal(await rest("/files/a"), "a");
  assert.equal(await rest("/files/a/b%2Fc/"), "a/b/c/");
  assert.equal(await rest("/files/"), "");
  assert.equal((await answer(request("GET", "/files"))).status, 404);
});

Deno.test("answerBy() answers HEAD as GET", async () => {
  assert.equal((await answer(request("HEAD", "/"))).status, 200);
});

Deno.test("answerBy() answers 404 with the path in JSON", async () => {
  const response = await answer(request("GET", "/nothing/here"));
  assert.equal(response.status, 404);
  assert.deepEqual(await response.json(), { error: "There is nothing at /nothing/here" });
});

Deno.test("answerBy() answers 405 with the methods that would do", async () => {
  const response = await answer(request("PUT", "/items/7"));
  assert.equal(response.status, 405);
  assert.equal(response.headers.get("allow"), "GET, HEAD, DELETE");
});

Deno.test("answerBy() answers 400 to a path that is not percent-encoded UTF-8", async () => {
  assert.equal((await answer(request("GET", "/items/%ff"))).status, 400);
});

Deno.test("answerBy() answers a RequestError with its status, message and details", async () => {
  const response = await answer(request("POST", "/items"));
  assert.equal(response.status, 418);
  assert.equal(response.headers.get("retry-after"), "1");
  assert.deepEqual(await response.json(), { error: "short and stout", kind: "teapot" });
});

Deno.test("answerBy() leaves an unexpected error to the server", async () => {
  await assert.rejects(answer(request("GET", "/broken")), TypeError);
});

Deno.test("answerBy() answers a request whose Host header makes no URL", async () => {
  const broken = { method: "GET", url: "http://a:b:c/?x" } as Request;
  assert.equal((await answer(broken)).status, 200);
});

Deno.test("jsonResponse() forbids caching", () => {
  assert.equal(jsonResponse(200, 1).headers.get("cache-control"), "no-store");
});
