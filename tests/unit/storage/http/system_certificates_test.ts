import assert from "node:assert/strict";
import { firstBundle } from "../../../../src/storage/http/system_certificates.ts";
import { TestFolder } from "../../daemon/test_folder.ts";

Deno.test("firstBundle() reads the first file that is there", async () => {
  await using folder = await TestFolder.create();
  const [missing, one, other] = ["missing.pem", "one.pem", "other.pem"].map((name) =>
    folder.path(name)
  ) as [string, string, string];
  await Deno.writeTextFile(one, "certificates");
  await Deno.writeTextFile(other, "others");
  assert.deepEqual(await firstBundle([missing, one, other]), ["certificates"]);
  assert.deepEqual(await firstBundle([missing]), []);
});
