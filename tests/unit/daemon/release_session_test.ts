import assert from "node:assert/strict";
import {
  type ReleaseOptions,
  type ReleaseOutcome,
  releaseSession,
} from "../../../src/daemon/release_session.ts";
import { SessionFile } from "../../../src/daemon/session_file.ts";
import { encodeRecord } from "../../../src/daemon/session_record.ts";
import { freePort } from "../../support/ports.ts";
import { FakeServer } from "../zookeeper/fake_server.ts";
import { connectResponseFrame } from "../zookeeper/frames.ts";
import { recordedLog } from "./fakes.ts";
import { TestFolder } from "./test_folder.ts";

const ID = 0x100_0000_0000_0007n;
const PASSWORD = new Uint8Array(16).fill(0xab);
const WORKLOADS = [{ id: "first" }, { id: "second" }];
const GRANTED = { sessionId: ID, password: PASSWORD, timeoutMs: 4000 };

/** The file that a dead daemon left, and a server that may know its session. */
class Crash implements AsyncDisposable {
  readonly log = recordedLog();
  readonly swept: string[] = [];
  readonly path: string;
  readonly #folder: TestFolder;

  static async create(content?: Uint8Array): Promise<Crash> {
    const server = FakeServer.start();
    const crash = new Crash(await TestFolder.create(), server);
    await Deno.writeFile(crash.path, content ?? recordFor(server.address), { mode: 0o600 });
    return crash;
  }

  private constructor(folder: TestFolder, readonly server: FakeServer) {
    this.#folder = folder;
    this.path = folder.path("a.session");
  }

  release(options: Partial<ReleaseOptions> = {}): Promise<ReleaseOutcome> {
    return releaseSession(this.path, {
      logger: this.log.logger,
      signal: new AbortController().signal,
      lockLimitMs: 50,
      sweep: ({ id }) => Promise.resolve({ left: this.swept.push(id) && 0 }),
      ...options,
    });
  }

  /** The names of the files that are left. */
  left(): Promise<string[]> {
    return this.#folder.names();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    await this.#folder[Symbol.asyncDispose]();
  }
}

function recordFor(quorum: string): Uint8Array {
  const credentials = { id: ID, password: PASSWORD };
  return encodeRecord({ quorum, credentials, workloads: WORKLOADS });
}

// A wait for the lock that was given up ends a moment after the holder's end: see lockWithin().
const GIVEN_UP_WAIT = { sanitizeOps: false };

Deno.test("releaseSession() reattaches for the least time and closes, once the command is gone", async () => {
  await using crash = await Crash.create();
  const outcome = crash.release();
  const connection = await crash.server.accept();
  assert.deepEqual(crash.swept, ["first", "second"]);
  const { sessionId, password, timeoutMs } = await connection.connectRequest;
  assert.deepEqual({ sessionId, password, timeoutMs }, { ...GRANTED, timeoutMs: 2000 });
  await connection.send(connectResponseFrame(GRANTED));
  await connection.answer("closeSession");
  assert.deepEqual(await outcome, { kind: "released" });
  assert.deepEqual(await crash.left(), []);
});

Deno.test("releaseSession() has no effect when it is done again (T34)", async () => {
  await using crash = await Crash.create();
  const outcome = crash.release();
  const connection = await crash.server.establish(GRANTED);
  await connection.answer("closeSession");
  await outcome;
  assert.deepEqual(await crash.release(), { kind: "no-file" });
  assert.equal(crash.server.acceptedCount, 1);
});

Deno.test("releaseSession() writes no password into the log", async () => {
  await using crash = await Crash.create();
  const outcome = crash.release();
  const connection = await crash.server.establish(GRANTED);
  await connection.answer("closeSession");
  await outcome;
  const log = crash.log.lines.join("");
  assert.match(log, /releasing session session=0x100000000000007 /);
  assert.ok(!log.includes(btoa(String.fromCharCode(...PASSWORD))));
});

Deno.test("releaseSession() is content with a session that is over", async () => {
  await using crash = await Crash.create();
  const outcome = crash.release();
  await crash.server.establish({ sessionId: 0n, timeoutMs: 0 });
  assert.deepEqual(await outcome, { kind: "already-over" });
  assert.deepEqual(await crash.left(), []);
});

Deno.test("releaseSession() does not close another session that a server hands out instead", async () => {
  await using crash = await Crash.create();
  const outcome = crash.release();
  const connection = await crash.server.establish({ ...GRANTED, sessionId: ID + 1n });
  assert.deepEqual(await outcome, { kind: "already-over" });
  await connection.ended;
  assert.equal(connection.requestsLeft, 0);
});

Deno.test("releaseSession() knows that the session is closed when only the answer was lost", async () => {
  await using crash = await Crash.create();
  const outcome = crash.release();
  const connection = await crash.server.establish(GRANTED);
  await connection.request();
  connection.close();
  await crash.server.establish({ sessionId: 0n, timeoutMs: 0 });
  assert.deepEqual(await outcome, { kind: "released" });
});

Deno.test(
  "releaseSession() does nothing at all while the daemon lives",
  GIVEN_UP_WAIT,
  async () => {
    await using crash = await Crash.create();
    await using file = await SessionFile.open(crash.path);
    const credentials = { id: ID, password: PASSWORD };
    file.write({ quorum: crash.server.address, credentials, workloads: WORKLOADS });
    assert.deepEqual(await crash.release(), { kind: "still-held" });
    assert.deepEqual(crash.swept, []);
    assert.equal(crash.server.acceptedCount, 0);
    assert.deepEqual(await Deno.readFile(crash.path), recordFor(crash.server.address));
  },
);

Deno.test("releaseSession() waits for a daemon that is ending, and finds its file gone", async () => {
  await using crash = await Crash.create();
  const file = await SessionFile.open(crash.path);
  const outcome = crash.release({ lockLimitMs: 10_000 });
  await file[Symbol.asyncDispose]();
  assert.deepEqual(await outcome, { kind: "no-file" });
});

Deno.test("releaseSession() finds nothing to release where no session was noted", async () => {
  for (const content of [new Uint8Array(), new Uint8Array([0x0a])]) {
    await using crash = await Crash.create(content);
    assert.deepEqual(await crash.release(), { kind: "already-over" });
    assert.deepEqual(await crash.left(), []);
  }
});

Deno.test("releaseSession() does not act upon half a record, or upon what is none", async () => {
  const whole = recordFor("localhost:1");
  for (const content of [whole.subarray(0, 60), new Uint8Array(70_000), whole.subarray(1)]) {
    await using crash = await Crash.create(content);
    assert.equal((await crash.release()).kind, "unusable");
    assert.deepEqual(crash.swept, []);
    assert.deepEqual(await Deno.readFile(crash.path), content);
  }
});

Deno.test("releaseSession() refuses files that are not surely the daemon's own", async () => {
  await using crash = await Crash.create();
  await Deno.chmod(crash.path, 0o640);
  assert.deepEqual(await crash.release(), {
    kind: "unusable",
    reason: "other users may use it (mode 0640): it must be 0600",
  });
  await Deno.chmod(crash.path, 0o600);
  await Deno.rename(crash.path, `${crash.path}.target`);
  await Deno.symlink(`${crash.path}.target`, crash.path);
  assert.deepEqual(await crash.release(), { kind: "unusable", reason: "it is a symbolic link" });
  assert.deepEqual(crash.swept, []);
  assert.equal(crash.server.acceptedCount, 0);
});

Deno.test("releaseSession() does not close the session while a command may run (T20)", async () => {
  for (
    const [sweep, reason] of [
      [() => Promise.resolve({ left: 2 }), "2 processes of workload first survive SIGKILL"],
      [() => Promise.reject(new Error("no shell")), "no shell"],
    ] as const
  ) {
    await using crash = await Crash.create();
    assert.deepEqual(await crash.release({ sweep }), { kind: "processes-left", reason });
    assert.equal(crash.server.acceptedCount, 0);
    assert.deepEqual(await crash.left(), ["a.session"]);
  }
});

Deno.test("releaseSession() gives up when no server answers in time, and keeps the file", async () => {
  const refusing = `127.0.0.1:${freePort()}`;
  await using crash = await Crash.create(recordFor(refusing));
  const outcome = await crash.release({ closeLimitMs: 100 });
  assert.equal(outcome.kind, "unreachable");
  assert.match(crash.log.lines.join(""), /will expire error="?.*refused/);
  assert.deepEqual(await crash.left(), ["a.session"]);
});

Deno.test("releaseSession() gives up on a server that takes the session and then says nothing", async () => {
  await using crash = await Crash.create();
  const outcome = crash.release({ closeLimitMs: 300 });
  const connection = await crash.server.establish(GRANTED);
  await connection.request();
  assert.equal((await outcome).kind, "unreachable");
  assert.deepEqual(await crash.left(), ["a.session"]);
});

Deno.test("releaseSession() ends with its signal, wherever it is", async () => {
  const reason = new Error("enough");
  await using crash = await Crash.create();
  const abort = new AbortController();
  const waiting = crash.release({ signal: abort.signal });
  const connection = await crash.server.establish(GRANTED);
  await connection.request();
  abort.abort(reason);
  await assert.rejects(waiting, reason);
  await assert.rejects(crash.release({ signal: abort.signal }), reason);
  assert.deepEqual(await crash.left(), ["a.session"]);
  connection.close();
  await crash.server.establish({ sessionId: 0n, timeoutMs: 0 });
});
