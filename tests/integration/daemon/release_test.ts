import assert from "node:assert/strict";
import { connect, type ZooKeeper } from "zookeeper";
import {
  type ReleaseOptions,
  type ReleaseOutcome,
  releaseSession,
} from "../../../src/daemon/release_session.ts";
import { createLogger } from "../../../src/log/logger.ts";
import { TestProcess } from "../../support/process.ts";
import { until } from "../../support/until.ts";
import { ZooKeeperEnsemble } from "../../support/zookeeper_ensemble.ts";
import { ZooKeeperServer } from "../../support/zookeeper_server.ts";
import { apacheTest } from "../../support/zookeeper_kind.ts";
import { MasterdHome } from "./masterd_home.ts";
import { fromFileUrl } from "./source_tree.ts";

const NODE = "/leader";
const holderScript = fromFileUrl(new URL("session_holder.ts", import.meta.url));

/** A daemon that holds a session, and an observer of its node. */
class Scene implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();
  readonly path: string;

  static async start(quorum: string): Promise<Scene> {
    const home = await MasterdHome.create({});
    const observer = await connect(quorum, { signal: AbortSignal.timeout(10_000) });
    const workload = `test-${crypto.randomUUID()}`;
    const path = `${home.homeDir}/a.session`;
    const holder = TestProcess.start(Deno.execPath(), {
      args: ["run", "-A", "--quiet", holderScript, quorum, path, NODE, workload],
    });
    return new Scene(home, observer, holder, path);
  }

  private constructor(
    readonly home: MasterdHome,
    readonly observer: ZooKeeper,
    readonly holder: TestProcess,
    path: string,
  ) {
    this.path = path;
    for (const part of [home, observer, holder]) this.#stack.use(part);
  }

  /** Waits until all is in place; returns the pid of the daemon's command. */
  async ready(): Promise<number> {
    const { text } = await this.holder.waitForLine((line) => line.startsWith("holds"));
    return Number(/\d+$/.exec(text)![0]);
  }

  release(options: Partial<ReleaseOptions> = {}): Promise<ReleaseOutcome> {
    return releaseSession(this.path, {
      logger: createLogger("test", { write: () => {} }),
      signal: new AbortController().signal,
      ...options,
    });
  }

  async owner(): Promise<bigint | undefined> {
    await this.observer.sync(NODE);
    return (await this.observer.exists(NODE))?.ephemeralOwner;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // In order, for its command's sake; not if it is stopped.
    this.holder.signal("SIGCONT");
    await this.holder.stop();
    await this.#stack.disposeAsync();
  }
}

async function isAlive(pid: number): Promise<boolean> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => "");
  return stat !== "" && !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
}

// A wait for the lock that was given up ends a moment after the holder's end: see lockWithin().
const GIVEN_UP_WAIT = { sanitizeOps: false };

Deno.test("release frees the place of a daemon that was killed, once its command is dead (T20)", async () => {
  await using server = await ZooKeeperServer.start();
  await using scene = await Scene.start(server.address);
  const child = await scene.ready();
  const gone = Promise.withResolvers<boolean>();
  await scene.observer.exists(NODE, { watch: () => isAlive(child).then(gone.resolve) });
  await scene.holder.kill();
  assert.ok(await isAlive(child));
  const { code, text } = await scene.home.run("release", "--session-file", scene.path);
  assert.equal(code, 0, text);
  assert.match(text, /^released: the session is closed$/m);
  assert.equal(await gone.promise, false);
  assert.equal(await scene.owner(), undefined);
  const again = await scene.home.run("release", "--session-file", scene.path);
  assert.equal(again.code, 0);
  assert.match(again.text, /^no-file: /m);
});

Deno.test("release that comes again, and late, does not touch the successor (T34)", async () => {
  await using server = await ZooKeeperServer.start();
  await using scene = await Scene.start(server.address);
  await scene.ready();
  await scene.holder.kill();
  const record = await Deno.readFile(scene.path);
  assert.deepEqual(await scene.release(), { kind: "released" });
  await scene.observer.create(NODE, new Uint8Array(), { mode: "ephemeral" });
  await Deno.writeFile(scene.path, record, { mode: 0o600 });
  assert.deepEqual(await scene.release(), { kind: "already-over" });
  assert.equal(await scene.owner(), scene.observer.credentials.id);
});

Deno.test("release finds that a session is over that ZooKeeper has ended", async () => {
  await using server = await ZooKeeperServer.start();
  await using scene = await Scene.start(server.address);
  await scene.ready();
  await scene.holder.kill();
  await server.expire((await scene.owner())!);
  assert.deepEqual(await scene.release(), { kind: "already-over" });
  assert.deepEqual(await scene.home.leftovers(), []);
});

Deno.test(
  "release does nothing to a daemon that is frozen, and that holds its session still",
  GIVEN_UP_WAIT,
  async () => {
    await using server = await ZooKeeperServer.start();
    await using scene = await Scene.start(server.address);
    const child = await scene.ready();
    const owner = await scene.owner();
    scene.holder.signal("SIGSTOP");
    assert.deepEqual(await scene.release({ lockLimitMs: 200 }), { kind: "still-held" });
    assert.ok(await isAlive(child));
    assert.equal(await scene.owner(), owner);
    scene.holder.signal("SIGCONT");
    assert.equal((await scene.holder.stop()).code, 0);
    assert.deepEqual(await scene.release(), { kind: "no-file" });
    assert.ok(!scene.holder.text.includes("suspended"), scene.holder.text);
  },
);

Deno.test("release gives up on a server that is frozen, and succeeds when it is back", async () => {
  await using server = await ZooKeeperServer.start();
  await using scene = await Scene.start(server.address);
  await scene.ready();
  await scene.holder.kill();
  server.freeze();
  assert.equal((await scene.release({ closeLimitMs: 700 })).kind, "unreachable");
  server.thaw();
  const outcome = await until(() => scene.release(), ({ kind }) => kind !== "unreachable");
  assert.ok(["released", "already-over"].includes(outcome.kind), outcome.kind);
  assert.deepEqual(await scene.home.leftovers(), []);
});

Deno.test("release says so when ZooKeeper is away, exit code 69", async () => {
  await using server = await ZooKeeperServer.start();
  await using scene = await Scene.start(server.address);
  await scene.ready();
  await scene.holder.kill();
  await server.stop();
  const { code, text } = await scene.home.run("release", "--session-file", scene.path);
  assert.equal(code, 69, text);
  assert.match(text, /^unreachable: the session will expire by itself: .*refused/mi);
});

apacheTest("release goes past a server of three that is frozen", async () => {
  await using ensemble = await ZooKeeperEnsemble.start();
  await using scene = await Scene.start(ensemble.address);
  await scene.ready();
  const [follower] = await ensemble.followers();
  await scene.holder.kill();
  follower!.freeze();
  assert.deepEqual(await scene.release(), { kind: "released" });
  const observer = await connect((await ensemble.leader()).address, {
    signal: AbortSignal.timeout(10_000),
  });
  assert.equal(await observer.exists(NODE), undefined);
  await observer.close();
  follower!.thaw();
});
