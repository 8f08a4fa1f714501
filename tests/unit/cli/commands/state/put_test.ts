import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { putEntry, type PutRequest } from "../../../../../src/cli/commands/state/put.ts";
import { exitCodeOf } from "../../../../../src/cli/exit_code.ts";
import { accept, entryOf, FakeLeader, refuse } from "../../../../support/fake_leader.ts";
import { FakeRun, TOKEN, versionOf } from "../../state/fake_run.ts";

const REQUEST: PutRequest = { name: "a", path: undefined, expect: undefined };
const INPUT = [new TextEncoder().encode("con"), new TextEncoder().encode("tent")];
const SHA256 = createHash("sha256").update("content").digest("hex");

async function failure(act: Promise<unknown>): Promise<{ message: string; code: number }> {
  try {
    await act;
  } catch (error) {
    return { message: (error as Error).message, code: exitCodeOf(error) };
  }
  throw new Error("It did not fail");
}

Deno.test("put stores what comes on standard input, with the token of the cluster", async () => {
  await using leader = new FakeLeader();
  await using fake = await FakeRun.create({ leaders: [leader], input: INPUT });
  assert.equal(await putEntry(REQUEST, fake.run), 0);
  const [{ body, headers }] = leader.calls as [typeof leader.calls[number]];
  assert.equal(new TextDecoder().decode(body), "content");
  assert.equal(headers.get("authorization"), `Bearer ${TOKEN}`);
  assert.deepEqual(fake.out, ["a: version 7, 7 bytes"]);
});

Deno.test("put stores a file, whose length the leader is told", async () => {
  await using leader = new FakeLeader();
  await using fake = await FakeRun.create({ leaders: [leader] });
  await Deno.writeTextFile(`${fake.homeDir}/file`, "content");
  assert.equal(await putEntry({ ...REQUEST, path: "file" }, fake.run), 0);
  const [{ body, headers }] = leader.calls as [typeof leader.calls[number]];
  assert.equal(new TextDecoder().decode(body), "content");
  assert.equal(headers.get("content-length"), "7");
});

Deno.test("put prints the entry as JSON", async () => {
  await using leader = new FakeLeader();
  await using fake = await FakeRun.create({ leaders: [leader], input: INPUT, isJson: true });
  await putEntry(REQUEST, fake.run);
  const { version, epoch, sha256, isNew } = JSON.parse(fake.out.join(""));
  assert.deepEqual([version, epoch, sha256, isNew], ["7", "3", SHA256, true]);
});

Deno.test("put asks only for what it was told to expect", async () => {
  await using leader = new FakeLeader();
  await using fake = await FakeRun.create({ leaders: [leader], input: INPUT });
  await putEntry({ ...REQUEST, expect: { version: 6n } }, fake.run);
  assert.equal(leader.calls[0]!.headers.get("if-match"), '"6"');
});

Deno.test("put says that a file is not there, or no file, exit code 1", async () => {
  await using leader = new FakeLeader();
  await using fake = await FakeRun.create({ leaders: [leader] });
  const missing = await failure(putEntry({ ...REQUEST, path: "nowhere" }, fake.run));
  assert.match(missing.message, /^Cannot read nowhere: No such file/);
  const folder = await failure(putEntry({ ...REQUEST, path: "." }, fake.run));
  assert.deepEqual(folder, { message: "Cannot read .: it is a directory", code: 1 });
  assert.equal(missing.code, 1);
  assert.equal(leader.calls.length, 0);
});

Deno.test("put notices that the leader stored something else than what was sent", async () => {
  await using leader = new FakeLeader(async (request, call) => {
    call.body = await request.bytes();
    return Response.json({ ...entryOf(call), sha256: "f".repeat(64) });
  });
  await using fake = await FakeRun.create({ leaders: [leader], input: INPUT });
  assert.deepEqual(await failure(putEntry(REQUEST, fake.run)), {
    message: "a was damaged on its way: version 7 is not what was sent",
    code: 1,
  });
});

Deno.test("put sends a file once more if another leads by then", async () => {
  await using former = new FakeLeader(() => refuse(409, "not-leading", "Another leads"));
  await using next = new FakeLeader();
  await using fake = await FakeRun.create({ leaders: [former, undefined, next] });
  await Deno.writeTextFile(`${fake.homeDir}/file`, "content");
  assert.equal(await putEntry({ ...REQUEST, path: "file" }, fake.run), 0);
  assert.equal(former.calls.length, 1);
  assert.equal(new TextDecoder().decode(next.calls[0]!.body), "content");
});

Deno.test("put sends what nobody has read of standard input to the next leader", async () => {
  await using former = new FakeLeader(() => refuse(409, "not-leading", "Another leads"));
  await using next = new FakeLeader();
  await using fake = await FakeRun.create({ leaders: [former, next], input: INPUT });
  assert.equal(await putEntry(REQUEST, fake.run), 0);
  assert.equal(new TextDecoder().decode(next.calls[0]!.body), "content");
});

Deno.test("put cannot send standard input again once some of it is gone, exit code 75", async () => {
  await using former = new FakeLeader(async (request) => {
    await request.bytes();
    return refuse(409, "not-leading", "Another leads");
  });
  await using next = new FakeLeader();
  await using fake = await FakeRun.create({ leaders: [former, next], input: INPUT });
  assert.deepEqual(await failure(putEntry(REQUEST, fake.run)), {
    message: "Another leads; what was sent cannot be read again: run the command once more",
    code: 75,
  });
  assert.equal(next.calls.length, 0);
});

Deno.test("put tries no third leader", async () => {
  const refusing = () => new FakeLeader(() => refuse(409, "not-leading", "Another leads"));
  await using first = refusing();
  await using second = refusing();
  await using third = new FakeLeader();
  await using fake = await FakeRun.create({ leaders: [first, second, third], input: INPUT });
  const { code } = await failure(putEntry(REQUEST, fake.run));
  assert.equal(code, 75);
  assert.deepEqual([first, second, third].map(({ calls }) => calls.length), [1, 1, 0]);
});

const ANSWERS: [status: number, kind: string, code: number][] = [
  [400, "invalid-name", 64],
  [412, "version-mismatch", 1],
  [413, "too-large", 1],
  [503, "storage", 74],
  [503, "wrong-storage", 78],
  [503, "unavailable", 69],
];

for (const [status, kind, code] of ANSWERS) {
  Deno.test(`put tells what the leader says, exit code ${code}: ${kind}`, async () => {
    await using leader = new FakeLeader(() => refuse(status, kind, "This is why"));
    await using fake = await FakeRun.create({ leaders: [leader], input: INPUT });
    assert.deepEqual(await failure(putEntry(REQUEST, fake.run)), { message: "This is why", code });
  });
}

Deno.test("put tells that its token is refused, exit code 77", async () => {
  await using leader = new FakeLeader(() => refuse(401, undefined, "A token is needed"));
  await using fake = await FakeRun.create({ leaders: [leader], input: INPUT });
  assert.deepEqual(await failure(putEntry(REQUEST, fake.run)), {
    message: `The leader does not take the token in ${fake.homeDir}/token`,
    code: 77,
  });
});

const LOST = [
  ["the leader says so", () => refuse(503, "unknown-outcome", "Nobody knows")],
  ["the answer makes no sense", () => new Response("<html>")],
] as const;

for (const [how, answer] of LOST) {
  Deno.test(`put reads back what became of a write of unknown outcome: ${how}`, async () => {
    let isStored = false;
    await using leader = new FakeLeader(async (request) => {
      await request.bytes();
      isStored = true;
      return answer();
    });
    const stored = { ...versionOf(7), sha256: SHA256 };
    await using fake = await FakeRun.create({
      leaders: [leader],
      input: INPUT,
      versions: () => isStored ? [stored, versionOf(6)] : [versionOf(6)],
    });
    assert.equal(await putEntry(REQUEST, fake.run), 0);
    assert.deepEqual(fake.out, ["a: version 7, 7 bytes"]);
    assert.match(fake.errors.join("\n"), /; read back: a was stored$/);
  });
}

Deno.test("put does not take an older version of the same content for its own", async () => {
  const older = { ...versionOf(6), sha256: SHA256 };
  await using leader = new FakeLeader(async (request) => {
    await request.bytes();
    return refuse(503, "unknown-outcome", "Nobody knows");
  });
  await using next = new FakeLeader();
  await using fake = await FakeRun.create({
    leaders: [leader, next],
    input: INPUT,
    versions: () => [older],
  });
  assert.deepEqual(await failure(putEntry(REQUEST, fake.run)), {
    message: "Nobody knows; another leads now: a was not stored",
    code: 75,
  });
});

Deno.test("put waits for what it cannot see yet while the same one leads", async () => {
  let looks = 0;
  await using leader = new FakeLeader(async (request) => {
    await request.bytes();
    return refuse(503, "unknown-outcome", "Nobody knows");
  });
  await using fake = await FakeRun.create({
    leaders: [leader],
    input: INPUT,
    versions: () => looks++ < 3 ? [] : [{ ...versionOf(1), sha256: SHA256 }],
  });
  assert.equal(await putEntry(REQUEST, fake.run), 0);
  assert.deepEqual(fake.out, ["a: version 1, 7 bytes"]);
});

Deno.test("put that is interrupted says that the outcome is not known", async () => {
  const stop = new AbortController();
  const isRead = Promise.withResolvers<void>();
  await using leader = new FakeLeader(async (request, call) => {
    await accept(request, call);
    stop.abort(new Error("Interrupted by SIGINT"));
    await isRead.promise;
    return new Response();
  });
  await using fake = await FakeRun.create({
    leaders: [leader],
    input: INPUT,
    signal: stop.signal,
    versions: () => {
      if (stop.signal.aborted) isRead.resolve();
      return [];
    },
  });
  const { message, code } = await failure(putEntry(REQUEST, fake.run));
  assert.match(message, /Interrupted by SIGINT; whether a was stored is not known: `masterd state/);
  assert.equal(code, 75);
});
