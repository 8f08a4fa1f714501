import assert from "node:assert/strict";
import { bearerToken, withToken } from "../../../src/http/bearer.ts";
import { emptyResponse } from "../../../src/http/responses.ts";
import { answerBy } from "../../../src/http/router.ts";

function asking(authorization?: string): Request {
  const headers: HeadersInit = authorization === undefined ? {} : { authorization };
  return new Request("http://node.example/calls", { headers });
}

Deno.test("bearerToken() reads the token, and nothing else", () => {
  assert.equal(bearerToken(asking("Bearer abc.DEF-1_2~+/=")), "abc.DEF-1_2~+/=");
  assert.equal(bearerToken(asking("bearer   abc")), "abc");
  for (const header of [undefined, "", "Bearer", "Bearer ", "Basic abc", "Bearer a b", "abc"]) {
    assert.equal(bearerToken(asking(header)), undefined, header);
  }
});

Deno.test("withToken() answers those whose token is accepted, and tells the others nothing", async () => {
  let calls = 0;
  const route = {
    method: "GET" as const,
    path: "/calls",
    answer: () => (calls++, emptyResponse(204)),
  };
  const answer = answerBy(withToken([route], (token) => token === "right"));
  assert.equal((await answer(asking("Bearer right"))).status, 204);
  const refused = await answer(asking("Bearer wrong"));
  assert.equal(refused.status, 401);
  assert.equal(refused.headers.get("www-authenticate"), "Bearer");
  assert.equal((await answer(asking())).status, 401);
  assert.equal(calls, 1);
});
