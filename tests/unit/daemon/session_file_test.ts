import assert from "node:assert/strict";
import { decodeRecord, encodeRecord } from "../../../src/daemon/session_record.ts";
import { SessionFile } from "../../../src/daemon/session_file.ts";
import { StartError } from "../../../src/daemon/start_error.ts";
import { TestProcess } from "../../support/process.ts";
import { TestFolder } from "./test_folder.ts";

function record(quorum: string) {
  const credentials = { id: 0x100_0000_0001n, password: new Uint8Array(16).fill(7) };
  return { quorum, credentials, workloads: [] };
}

function refused(path: string, reason: RegExp): Promise<void> {
  return assert.rejects(
    SessionFile.open(path, { lockLimitMs: 50 }),
    (error) => error instanceof StartError && reason.test(error.message),
  );
}

// A wait for the lock that was given up ends a moment after the holder's end: see lockWithin().
const GIVEN_UP_WAIT = { sanitizeOps: false };

Deno.test("SessionFile.open() creates the file for its owner alone, and its folder", async () => {
  await using folder = await TestFolder.create();
  const path = folder.path("run", "of", "masters", "a.session");
  await using _ = await SessionFile.open(path);
  const { mode, uid } = await Deno.lstat(path);
  assert.equal(mode! & 0o777, 0o600);
  assert.equal(uid, Deno.uid());
});

Deno.test("SessionFile.write() replaces the record, also by a shorter one", async () => {
  await using folder = await TestFolder.create();
  const path = folder.path("a.session");
  await using file = await SessionFile.open(path);
  assert.equal(decodeRecord(await Deno.readFile(path)), undefined);
  for (const quorum of ["a", "localhost:2181,localhost:2182/flink", "b:1"]) {
    file.write(record(quorum));
    assert.deepEqual(await Deno.readFile(path), encodeRecord(record(quorum)));
  }
});

Deno.test("SessionFile takes its file away when it is disposed of", async () => {
  await using folder = await TestFolder.create();
  {
    await using _ = await SessionFile.open(folder.path("a.session"));
  }
  assert.deepEqual(await folder.names(), []);
});

Deno.test("SessionFile leaves the file of another daemon alone that has taken its place", async () => {
  await using folder = await TestFolder.create();
  const path = folder.path("a.session");
  const first = await SessionFile.open(path);
  await Deno.remove(path);
  await using _ = await SessionFile.open(path);
  await first[Symbol.asyncDispose]();
  assert.deepEqual(await folder.names(), ["a.session"]);
});

Deno.test("SessionFile.open() takes over what a dead daemon left, whatever is in it", async () => {
  await using folder = await TestFolder.create();
  const path = folder.path("a.session");
  await Deno.writeTextFile(path, "garbage".repeat(100), { mode: 0o600 });
  await using _ = await SessionFile.open(path);
  assert.equal(decodeRecord(await Deno.readFile(path)), undefined);
});

Deno.test(
  "SessionFile.open() refuses a second daemon, and lets it in after the first",
  GIVEN_UP_WAIT,
  async () => {
    await using folder = await TestFolder.create();
    const path = folder.path("a.session");
    const first = await SessionFile.open(path);
    first.write(record("a"));
    await refused(path, /^Cannot use the session file .*a\.session: another daemon holds it$/);
    assert.deepEqual(decodeRecord(await Deno.readFile(path)), record("a"));
    await first[Symbol.asyncDispose]();
    await using _ = await SessionFile.open(path);
  },
);

Deno.test("SessionFile.open() waits for a daemon that is about to end", async () => {
  await using folder = await TestFolder.create();
  const path = folder.path("a.session");
  const first = await SessionFile.open(path);
  const second = SessionFile.open(path);
  await first[Symbol.asyncDispose]();
  await using _ = await second;
  assert.deepEqual(await folder.names(), ["a.session"]);
});

Deno.test(
  "SessionFile.open() lets the lock of a process go that was killed",
  GIVEN_UP_WAIT,
  async () => {
    await using folder = await TestFolder.create();
    const path = folder.path("a.session");
    await Deno.writeTextFile(path, "", { mode: 0o600 });
    await using holder = TestProcess.start("sh", {
      args: ["-c", 'exec 9<>"$0" && flock 9 && echo held && exec sleep 600', path],
    });
    await holder.waitForLine((line) => line === "held");
    await refused(path, /another daemon holds it$/);
    await holder.kill();
    await using _ = await SessionFile.open(path);
  },
);

Deno.test("SessionFile.open() refuses a file that others may use", async () => {
  await using folder = await TestFolder.create();
  for (const mode of [0o644, 0o660, 0o602]) {
    const path = folder.path(`${mode}.session`);
    await Deno.writeTextFile(path, "kept");
    await Deno.chmod(path, mode);
    await refused(path, /: other users may use it \(mode 0\d{3}\): it must be 0600$/);
    assert.equal(await Deno.readTextFile(path), "kept");
  }
});

Deno.test("SessionFile.open() refuses a symbolic link, also to a file of its own", async () => {
  await using folder = await TestFolder.create();
  const target = folder.path("target");
  await Deno.writeTextFile(target, "kept", { mode: 0o600 });
  for (const [name, to] of [["a", target], ["b", folder.path("nowhere")]] as const) {
    await Deno.symlink(to, folder.path(name));
    await refused(folder.path(name), /: it is a symbolic link$/);
  }
  assert.equal(await Deno.readTextFile(target), "kept");
  assert.deepEqual(await folder.names(), ["a", "b", "target"]);
});

Deno.test("SessionFile.open() refuses what is no regular file, without waiting for it", async () => {
  await using folder = await TestFolder.create();
  await Deno.mkdir(folder.path("folder"));
  await new Deno.Command("mkfifo", { args: [folder.path("pipe")] }).output();
  for (const name of ["folder", "pipe"]) {
    await refused(folder.path(name), /: it is not a regular file$/);
  }
});

Deno.test("SessionFile.open() refuses the file of another user", async () => {
  await using folder = await TestFolder.create();
  // Only root can give a file away, and only root could open it then.
  const path = Deno.uid() === 0 ? folder.path("a.session") : "/proc/1/environ";
  if (Deno.uid() === 0) {
    await Deno.writeTextFile(path, "", { mode: 0o600 });
    await Deno.chown(path, 65534, 65534);
  }
  await refused(path, /: it (belongs to the user with the id 65534$|cannot be opened: )/);
});

Deno.test("SessionFile.open() names the path and the cause when it can write nothing there", async () => {
  await using folder = await TestFolder.create();
  await Deno.writeTextFile(folder.path("file"), "");
  await assert.rejects(
    SessionFile.open(folder.path("file", "a.session")),
    (error) =>
      error instanceof StartError && error.cause instanceof Error &&
      /^Cannot use the session file .*\/file\/a\.session$/.test(error.message),
  );
});
