import assert from "node:assert/strict";
import { credentialsOf } from "../../../../src/storage/s3/credentials.ts";

Deno.test("credentialsOf() names the key and the variable that are missing", () => {
  const refused = (pattern: RegExp) => ({ kind: "misconfigured", message: pattern });
  assert.throws(
    () => credentialsOf({ pathStyle: true, secretKey: "hidden" }),
    refused(/^(?!.*hidden).*s3\.access-key .*AWS_ACCESS_KEY_ID/),
  );
  assert.throws(
    () => credentialsOf({ pathStyle: true, accessKey: "me" }),
    refused(/s3\.secret-key .*AWS_SECRET_ACCESS_KEY/),
  );
  assert.deepEqual(
    credentialsOf({ pathStyle: true, accessKey: "me", secretKey: "hidden", sessionToken: "" }),
    { accessKey: "me", secretKey: "hidden", sessionToken: undefined },
  );
});
