import assert from "node:assert/strict";
import { ROLE_HEADER, withRole } from "../../../src/http/role_header.ts";
import type { Role } from "../../../src/http/status.ts";
import { request } from "./requests.ts";

/** What an answer says of the role if it is one role before and another behind. */
async function roleBetween(before: Role, after: Role): Promise<string | null> {
  let role = before;
  const answer = withRole(() => {
    role = after;
    return Promise.resolve(new Response("here"));
  }, () => role);
  const response = await answer(request("GET", "/"));
  assert.equal(await response.text(), "here");
  return response.headers.get(ROLE_HEADER);
}

Deno.test("withRole() says which role the node has", async () => {
  assert.equal(await roleBetween("leader", "leader"), "leader");
  assert.equal(await roleBetween("standby", "standby"), "standby");
});

Deno.test("withRole() says leader of no answer that began or ended without leadership", async () => {
  assert.equal(await roleBetween("leader", "standby"), "standby");
  assert.equal(await roleBetween("standby", "leader"), "standby");
});
