import assert from "node:assert/strict";
import {
  digestAuthentication,
  schemeAuthentication,
} from "../../../src/zookeeper/authentication.ts";

Deno.test("digestAuthentication() sends user and password in one packet", async () => {
  const sent: [string, string][] = [];
  await digestAuthentication("bob", "pässword").authenticate({
    auth: (scheme, credentials) => {
      sent.push([scheme, new TextDecoder().decode(credentials)]);
      return Promise.resolve();
    },
    sasl: () => assert.fail("no SASL"),
  });
  assert.deepEqual(sent, [["digest", "bob:pässword"]]);
});

Deno.test("schemeAuthentication() fails as the server's answer does", async () => {
  const refused = new Error("refused");
  const authentication = schemeAuthentication("x509", "");
  await assert.rejects(
    authentication.authenticate({
      auth: () => Promise.reject(refused),
      sasl: () => assert.fail("no SASL"),
    }),
    refused,
  );
});
