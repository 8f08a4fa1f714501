import assert from "node:assert/strict";
import { readClusterToken } from "../../../src/daemon/cluster_token.ts";
import { TokenDigest } from "../../../src/daemon/token_digest.ts";
import { TestFolder } from "./test_folder.ts";

const TOKEN = "0123456789abcdef";

async function written(text: string, mode = 0o600): Promise<string | undefined> {
  await using folder = await TestFolder.create();
  const path = folder.path("token");
  await Deno.writeTextFile(path, text, { mode });
  return await readClusterToken(path);
}

Deno.test("readClusterToken() reads one word, whatever blanks are around it", async () => {
  assert.equal(await written(TOKEN), TOKEN);
  assert.equal(await written(`\n ${TOKEN}\r\n`), TOKEN);
  assert.equal(await written(TOKEN, 0o400), TOKEN);
  assert.equal(await readClusterToken(undefined), undefined);
});

const UNUSABLE = ["", "short", "two words of some length", "ümlaut-ümlaut-ümlaut"];

for (const text of UNUSABLE) {
  Deno.test(`readClusterToken() refuses ${JSON.stringify(text)}, and does not repeat it`, async () => {
    const error = await written(text).then(() => undefined, (error: Error) => error);
    assert.equal(error?.name, "StartError");
    assert.match(error!.message, /one word of at least 16/);
    assert.ok(text === "" || !error!.message.includes(text));
  });
}

Deno.test("readClusterToken() refuses what others can read, and what is not there", async () => {
  for (const mode of [0o640, 0o604, 0o660]) {
    await assert.rejects(written(TOKEN, mode), /masterd.token-file.*other users may use it/);
  }
  await using folder = await TestFolder.create();
  await assert.rejects(readClusterToken(folder.path("token")), {
    name: "StartError",
    message: `Cannot use the token file ${folder.path("token")} (masterd.token-file): ` +
      "there is no such file",
  });
  await Deno.mkdir(folder.path("folder"));
  await assert.rejects(readClusterToken(folder.path("folder")), /not a regular file/);
});

Deno.test("TokenDigest matches its token and no other", () => {
  const digest = new TokenDigest(TOKEN);
  assert.ok(digest.matches(TOKEN));
  for (const other of [undefined, "", TOKEN.slice(1), `${TOKEN}0`, TOKEN.toUpperCase()]) {
    assert.equal(digest.matches(other), false);
  }
  assert.ok(!Deno.inspect(digest).includes(TOKEN));
});
