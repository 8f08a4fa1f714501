import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createLogger } from "../../src/log/logger.ts";
import type { S3Options } from "../../src/storage/open.ts";
import { openS3Storage, type S3Storage } from "../../src/storage/s3/s3_storage.ts";
import type { Bytes } from "../../src/storage/storage.ts";
import { TcpProxy } from "../support/tcp_proxy.ts";
import { manyPieces, pieces, textOf } from "../unit/storage/contents.ts";
import { RealS3 } from "./s3_program.ts";

const MIB = 1024 * 1024;

const { signal } = new AbortController();
let server: RealS3;

Deno.test.beforeAll(async () => {
  server = await RealS3.start();
});

Deno.test.afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** A test of its own. What the server's process says is read all the time, also beyond a test. */
function fact(name: string, act: () => Promise<void>): void {
  Deno.test({ name, fn: act, sanitizeOps: false });
}

function open(options: Partial<S3Options> & { bucket?: string } = {}): S3Storage {
  const { bucket = server.bucket, ...s3 } = options;
  const url = `s3://${bucket}/flink/recovery/cluster`;
  return openS3Storage({ scheme: "s3", url, path: "/flink/recovery/cluster" }, {
    timeoutMs: 30_000,
    logger: createLogger("test", { level: "error" }),
    s3: { pathStyle: true, ...server.access, ...s3 },
    hdfs: { nameNodes: [] },
  });
}

/** A folder that no other test uses. */
function newFolder(): string {
  return `state-${crypto.randomUUID()}`;
}

async function listed(storage: S3Storage, folder: string): Promise<string[]> {
  const blobs = await Array.fromAsync(storage.list(folder, { signal }));
  return blobs.map(({ name, length }) => `${name} ${length}`).sort();
}

async function digestOf(content: Bytes): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of content) hash.update(piece);
  return hash.digest("hex");
}

fact("blobs are written, read, listed and deleted", async () => {
  await using storage = open();
  const folder = newFolder();
  assert.deepEqual(await listed(storage, folder), []);
  await storage.write(`${folder}/job.1~2`, pieces("one", "two"), { signal });
  await storage.write(`${folder}/empty`, pieces(), { signal });
  assert.deepEqual(await listed(storage, folder), ["empty 0", "job.1~2 6"]);
  assert.equal(await textOf(storage.read(`${folder}/job.1~2`, { signal })), "onetwo");
  assert.equal(await textOf(storage.read(`${folder}/empty`, { signal })), "");
  for (const name of ["job.1~2", "job.1~2", "empty"]) {
    await storage.delete(`${folder}/${name}`, { signal });
  }
  assert.deepEqual(await listed(storage, folder), []);
  const gone = storage.read(`${folder}/empty`, { signal });
  await assert.rejects(textOf(gone), { kind: "not-found" });
});

fact("a name that is taken is refused, for short and for long blobs", async () => {
  await using storage = open();
  const name = `${newFolder()}/job`;
  await storage.write(name, pieces("first"), { signal });
  await assert.rejects(storage.write(name, pieces("second"), { signal }), { kind: "exists" });
  await assert.rejects(storage.write(name, manyPieces(9, MIB), { signal }), { kind: "exists" });
  assert.equal(await textOf(storage.read(name, { signal })), "first");
});

fact("of many writers of one name, one wins", async () => {
  await using storage = open();
  const name = `${newFolder()}/job`;
  const writers = Array.from(
    { length: 8 },
    (_, index) => storage.write(name, pieces(`writer ${index}`), { signal }),
  );
  const results = await Promise.allSettled(writers);
  const winners = results.flatMap(({ status }, index) => status === "fulfilled" ? [index] : []);
  assert.equal(winners.length, 1);
  assert.equal(await textOf(storage.read(name, { signal })), `writer ${winners[0]}`);
});

fact("a long blob travels in parts, and through a connection that breaks", async () => {
  await using proxy = TcpProxy.start({ target: new URL(server.access.endpoint).host });
  await using storage = open({ endpoint: `http://${proxy.address}` });
  const name = `${newFolder()}/long`;
  await storage.write(name, manyPieces(50 * 16 + 1, 65_536), { signal });
  let received = 0;
  let cuts = 0;
  async function* cut(content: Bytes): Bytes & AsyncGenerator<Uint8Array> {
    for await (const piece of content) {
      received += piece.length;
      yield piece;
      if (received > (cuts + 1) * 15 * MIB) {
        cuts += 1;
        proxy.cutConnections();
      }
    }
  }
  const content = cut(storage.read(name, { signal }));
  assert.equal(await digestOf(content), await digestOf(manyPieces(50 * 16 + 1, 65_536)));
  assert.equal(cuts, 3);
});

fact("parts that a dead writer left are found and deleted", async () => {
  await using storage = open();
  await using dead = open();
  const folder = newFolder();
  const isGiven = Promise.withResolvers<void>();
  async function* hanging(): AsyncGenerator<Uint8Array> {
    yield* manyPieces(9, MIB);
    isGiven.resolve();
    await new Promise(() => {});
  }
  const stop = new AbortController();
  const writing = dead.write(`${folder}/long`, hanging(), { signal: stop.signal });
  await isGiven.promise;
  assert.deepEqual(await listed(storage, folder), []);
  const found = server.listsUploads ? [`${folder}/long`] : [];
  assert.deepEqual(await storage.removeUnfinished(folder, { signal }), found);
  assert.deepEqual(await storage.removeUnfinished(folder, { signal }), []);
  stop.abort(new Error("enough"));
  await assert.rejects(writing, { message: "enough" });
});

fact("a list of more than one page is whole", async () => {
  await using storage = open();
  const folder = newFolder();
  const names = Array.from({ length: 1005 }, (_, index) => `blob.${index}`);
  for (let at = 0; at < names.length; at += 16) {
    await Promise.all(
      names.slice(at, at + 16).map((name) =>
        storage.write(`${folder}/${name}`, pieces("x"), { signal })
      ),
    );
  }
  assert.deepEqual(await listed(storage, folder), names.map((name) => `${name} 1`).sort());
});

fact("a bucket that is not there is named so", async () => {
  await using storage = open({ bucket: "masterd-no-such-bucket" });
  const failure = { kind: "misconfigured", message: /NoSuchBucket/ };
  await assert.rejects(storage.write("state-1/job", pieces("x"), { signal }), failure);
  await assert.rejects(listed(storage, "state-1"), failure);
});

fact("keys that are wrong are denied", async () => {
  // A server that takes any signature has nothing to show here.
  if (!server.checksSignatures) return;
  for (const keys of [{ accessKey: "unknown" }, { secretKey: "wrong" }]) {
    await using storage = open(keys);
    const writing = storage.write("state-1/job", pieces("x"), { signal });
    await assert.rejects(writing, { kind: "denied" });
  }
});
