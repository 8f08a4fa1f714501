import assert from "node:assert/strict";
import { LeadershipToken } from "../../../../src/daemon/state/leadership_token.ts";
import { TestFolder } from "../test_folder.ts";

const OTHERS = 0o077;

async function modeOf(path: string): Promise<number> {
  return (await Deno.lstat(path)).mode! & 0o777;
}

Deno.test("LeadershipToken lies in a file of its own for as long as it holds", async () => {
  await using folder = await TestFolder.create();
  const path = folder.path("run", "m.token");
  let text = "";
  {
    await using token = await LeadershipToken.write(path);
    text = (await Deno.readTextFile(path)).trim();
    assert.match(text, /^[0-9a-f]{64}$/);
    assert.equal(await modeOf(path) & OTHERS, 0);
    assert.ok(token.digest.matches(text));
  }
  await assert.rejects(Deno.lstat(path), Deno.errors.NotFound);
  await using next = await LeadershipToken.write(path);
  assert.ok(!next.digest.matches(text));
});

Deno.test("LeadershipToken takes the place of whatever lies there, and follows no link", async () => {
  await using folder = await TestFolder.create();
  const [path, other] = [folder.path("m.token"), folder.path("other")];
  await Deno.writeTextFile(other, "another's", { mode: 0o666 });
  await Deno.symlink(other, path);
  await using _token = await LeadershipToken.write(path);
  assert.equal(await Deno.readTextFile(other), "another's");
  assert.ok((await Deno.lstat(path)).isFile);
  assert.equal(await modeOf(path) & OTHERS, 0);
  assert.deepEqual(await folder.names(), ["m.token", "other"]);
});

Deno.test("LeadershipToken that cannot be written leaves nothing behind", async () => {
  await using folder = await TestFolder.create();
  await Deno.mkdir(folder.path("m.token"));
  await assert.rejects(LeadershipToken.write(folder.path("m.token")));
  assert.deepEqual(await folder.names(), ["m.token"]);
});

Deno.test("LeadershipToken.forget() takes away what a daemon that died left, if there is anything", async () => {
  await using folder = await TestFolder.create();
  const path = folder.path("m.token");
  await LeadershipToken.forget(path);
  await Deno.writeTextFile(path, "of a dead leadership\n", { mode: 0o600 });
  await LeadershipToken.forget(path);
  assert.deepEqual(await folder.names(), []);
});
