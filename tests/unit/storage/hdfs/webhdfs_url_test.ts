import assert from "node:assert/strict";
import {
  durableCreateUrl,
  operationUrl,
  shownUrl,
} from "../../../../src/storage/hdfs/webhdfs_url.ts";

Deno.test("operationUrl() encodes path and parameters once", () => {
  const url = operationUrl(new URL("http://[::1]:9870"), {
    path: "/a b/%c/é;d?#",
    operation: "RENAME",
    parameters: { destination: "/a b/+&=" },
  });
  assert.equal(
    url.href,
    "http://[::1]:9870/webhdfs/v1/a%20b/%25c/%C3%A9%3Bd%3F%23" +
      "?op=RENAME&destination=%2Fa%20b%2F%2B%26%3D",
  );
});

Deno.test("durableCreateUrl() fills in the flag that the name node left empty, and only that", () => {
  const fill = (query: string) => durableCreateUrl(new URL(`http://dn/x?${query}`)).search.slice(1);
  assert.equal(fill("op=CREATE&createflag=&a=b"), "op=CREATE&createflag=CREATE,SYNC_BLOCK&a=b");
  assert.equal(fill("createflag="), "createflag=CREATE,SYNC_BLOCK");
  assert.equal(fill("op=CREATE&a=%2B"), "op=CREATE&a=%2B");
  assert.equal(fill("createflag=APPEND"), "createflag=APPEND");
});

Deno.test("shownUrl() shows no query and no password", () => {
  assert.equal(shownUrl(new URL("http://u:p@dn:1/x?delegation=SECRET")), "http://dn:1/x");
});
