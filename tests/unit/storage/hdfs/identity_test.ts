import assert from "node:assert/strict";
import { isStorageError } from "../../../../src/storage/errors.ts";
import { Identity } from "../../../../src/storage/hdfs/identity.ts";

Deno.test("parameters() names the user, or nobody", async () => {
  assert.deepEqual(await new Identity({ user: "flink" }).parameters(), { "user.name": "flink" });
  assert.deepEqual(await new Identity({}).parameters(), {});
});

Deno.test("parameters() reads the token anew each time, and then names no user", async () => {
  const file = await Deno.makeTempFile();
  try {
    const identity = new Identity({ user: "flink", delegationTokenFile: file });
    await Deno.writeTextFile(file, "first\n");
    assert.deepEqual(await identity.parameters(), { delegation: "first" });
    await Deno.writeTextFile(file, "second");
    assert.deepEqual(await identity.parameters(), { delegation: "second" });
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("parameters() refuses a file without a token, and does not show what is in it", async () => {
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, "HDTS\u0000binary secret");
    const identity = new Identity({ delegationTokenFile: file });
    await assert.rejects(identity.parameters(), (error: unknown) => {
      return isStorageError(error, "denied") && error.message.includes(file) &&
        !error.message.includes("secret");
    });
    await Deno.remove(file);
    await assert.rejects(
      identity.parameters(),
      (error: unknown) => isStorageError(error, "denied"),
    );
  } finally {
    await Deno.remove(file).catch(() => {});
  }
});

Deno.test("redact() takes out the token, and whatever stands where tokens stand", async () => {
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, "SECRET");
    const identity = new Identity({ delegationTokenFile: file });
    assert.equal(identity.redact("?delegation=OTHER&x=1"), "?delegation=TOKEN&x=1");
    await identity.parameters();
    assert.equal(identity.redact("token SECRET is expired"), "token TOKEN is expired");
  } finally {
    await Deno.remove(file);
  }
});
