import assert from "node:assert/strict";
import { CrashNote } from "../../../src/daemon/crash_note.ts";
import { SessionFile } from "../../../src/daemon/session_file.ts";
import { decodeRecord } from "../../../src/daemon/session_record.ts";
import { recordedLog } from "./fakes.ts";

const CREDENTIALS = { id: 0x1234n, password: new Uint8Array(16).fill(7) };
const OTHER = { id: 0x5678n, password: new Uint8Array(16).fill(8) };

async function openNote() {
  const folder = await Deno.makeTempDir({ prefix: "masterd_note_" });
  const path = `${folder}/session`;
  const file = await SessionFile.open(path);
  const log = recordedLog();
  return {
    note: new CrashNote(file, { quorum: "localhost:2181", logger: log.logger }),
    log,
    file,
    record: () => decodeRecord(Deno.readFileSync(path)),
    async [Symbol.asyncDispose]() {
      await file[Symbol.asyncDispose]().catch(() => {});
      await Deno.remove(folder, { recursive: true });
    },
  };
}

Deno.test("CrashNote keeps the newest session and what runs in its name", async () => {
  await using opened = await openNote();
  const { note, record } = opened;
  assert.equal(record(), undefined);
  note.sessionOpened(CREDENTIALS);
  assert.deepEqual(record(), {
    quorum: "localhost:2181",
    credentials: CREDENTIALS,
    workloads: [],
  });
  note.workloadChanged({ id: "one", cgroup: "/sys/fs/cgroup/one" });
  assert.deepEqual(record()?.workloads, [{ id: "one", cgroup: "/sys/fs/cgroup/one" }]);
  note.sessionOpened(OTHER);
  assert.equal(record()?.credentials.id, OTHER.id);
  assert.deepEqual(record()?.workloads, [{ id: "one", cgroup: "/sys/fs/cgroup/one" }]);
  note.workloadChanged(undefined);
  assert.deepEqual(record()?.workloads, []);
});

Deno.test("CrashNote knows of a command that ran before there was a session", async () => {
  await using opened = await openNote();
  opened.note.workloadChanged({ id: "one" });
  assert.equal(opened.record(), undefined);
  opened.note.sessionOpened(CREDENTIALS);
  assert.deepEqual(opened.record()?.workloads.map(({ id }) => id), ["one"]);
});

Deno.test("CrashNote lets no command run that cannot be written down", async () => {
  await using opened = await openNote();
  opened.note.sessionOpened(CREDENTIALS);
  await opened.file[Symbol.asyncDispose]();
  assert.throws(() => opened.note.workloadChanged({ id: "one" }));
  opened.note.sessionOpened(OTHER);
  assert.match(await opened.log.line(/cannot be written/), /session file/);
});

Deno.test("CrashNote that cannot be written any more ends nothing that runs already", async () => {
  await using opened = await openNote();
  const { note, log } = opened;
  note.sessionOpened(CREDENTIALS);
  note.workloadChanged({ id: "one" });
  await opened.file[Symbol.asyncDispose]();
  note.workloadChanged({ id: "one", cgroup: "/sys/fs/cgroup/one" });
  await log.line(/cannot be written/);
  note.workloadChanged(undefined);
  assert.equal(log.lines.filter((line) => /cannot be written/.test(line)).length, 2);
  assert.throws(() => note.workloadChanged({ id: "two" }));
});
