import assert from "node:assert/strict";
import { openS3Storage } from "../../../src/storage/s3/s3_storage.ts";
import { recordedLog } from "../../unit/daemon/fakes.ts";
import { ACCESS_KEY, SECRET_KEY } from "../../support/s3_server.ts";
import { manyPieces, pieces } from "../../unit/storage/contents.ts";
import { S3Folder } from "./s3_folder.ts";

Deno.test("write() makes an object of the path and the name, which read() gives back", async () => {
  await using folder = S3Folder.start();
  await folder.write("state-1/job.1", pieces("one", "", "two"));
  await folder.write("state-1/empty", pieces());
  assert.deepEqual(folder.keys, ["flink/cluster/state-1/empty", "flink/cluster/state-1/job.1"]);
  assert.equal(await folder.read("state-1/job.1"), "onetwo");
  assert.equal(await folder.read("state-1/empty"), "");
  assert.deepEqual(folder.server.operations.slice(0, 2), ["PutObject", "PutObject"]);
});

Deno.test("write() to the root of a bucket", async () => {
  await using folder = S3Folder.start({ url: "s3://examplebucket/" });
  await folder.write("state-1/job", pieces("x"));
  assert.deepEqual(folder.keys, ["state-1/job"]);
  assert.deepEqual(await folder.list("state-1"), ["job 1"]);
});

Deno.test("write() refuses a name that is taken, and leaves the blob as it is", async () => {
  await using folder = S3Folder.start();
  await folder.write("state-1/job", pieces("first"));
  await assert.rejects(folder.write("state-1/job", pieces("second")), {
    kind: "exists",
    message: "Cannot write state-1/job: the name is taken",
  });
  assert.equal(await folder.read("state-1/job"), "first");
});

Deno.test("write() asks before it writes where a server does not know conditions", async () => {
  await using folder = S3Folder.start({ conditions: "refused" });
  await folder.write("state-1/job", pieces("first"));
  await assert.rejects(folder.write("state-1/job", pieces("second")), { kind: "exists" });
  await folder.write("state-1/other", pieces("third"));
  assert.equal(await folder.read("state-1/job"), "first");
  assert.deepEqual(folder.server.operations.slice(0, 6), [
    ...["PutObject", "HeadObject", "PutObject"],
    ...["HeadObject"],
    ...["HeadObject", "PutObject"],
  ]);
});

Deno.test("write() cuts a long content into parts, which are one object in the end", async () => {
  await using folder = S3Folder.start();
  const count = 20 * 16 + 1;
  await folder.write("state-1/long", manyPieces(count, 65_536));
  const object = folder.server.contents.objects.get("flink/cluster/state-1/long");
  assert.equal(object?.bytes.length, count * 65_536);
  for (let index = 0; index < count; index++) {
    assert.equal(object.bytes[index * 65_536], index % 251);
  }
  assert.deepEqual(folder.server.operations, [
    "CreateMultipartUpload",
    ...["UploadPart", "UploadPart", "UploadPart"],
    "CompleteMultipartUpload",
  ]);
  await assert.rejects(folder.write("state-1/long", manyPieces(count, 65_536)), { kind: "exists" });
  await folder.storage[Symbol.asyncDispose]();
  assert.equal(folder.server.contents.uploads.size, 0);
});

Deno.test("read() of a blob that is not there fails when the first bytes are asked for", async () => {
  await using folder = S3Folder.start();
  const content = folder.storage.read("state-1/job", folder);
  await assert.rejects(Array.fromAsync(content), {
    kind: "not-found",
    message: "Cannot read state-1/job: the server answered 404 NoSuchKey: NoSuchKey & more",
  });
});

Deno.test("list() gives the blobs of a folder from all pages, and nothing else", async () => {
  for (const encodesKeys of [true, false]) {
    await using folder = S3Folder.start({ pageLength: 3, encodesKeys });
    for (let index = 0; index < 10; index++) {
      await folder.write(`state-1/job~.${index}`, pieces("x".repeat(index)));
    }
    const { objects } = folder.server.contents;
    const object = objects.get("flink/cluster/state-1/job~.0")!;
    for (const name of ["state-1/.hidden", "state-1/deep/er", "state-1/a b+c", "state-10/x", "x"]) {
      objects.set(`flink/cluster/${name}`, object);
    }
    const expected = Array.from({ length: 10 }, (_, index) => `job~.${index} ${index}`);
    assert.deepEqual(await folder.list("state-1"), expected);
    assert.deepEqual(await folder.list("state-2"), []);
  }
});

Deno.test("delete() deletes a blob, and one that is gone already", async () => {
  await using folder = S3Folder.start();
  await folder.write("state-1/job", pieces("x"));
  await folder.storage.delete("state-1/job", folder);
  await folder.storage.delete("state-1/job", folder);
  assert.deepEqual(folder.keys, []);
});

Deno.test("names that break the rule are refused before a server is asked", async () => {
  await using folder = S3Folder.start();
  for (const name of ["", "a/b/c", "../x", ".x", "a/.b", "a b", "ä", "x".repeat(256)]) {
    const refused = { kind: "misconfigured" };
    await assert.rejects(folder.write(name, pieces("x")), refused);
    await assert.rejects(folder.read(name), refused);
    await assert.rejects(folder.storage.delete(name, folder), refused);
  }
  await assert.rejects(folder.list("a/b"), { kind: "misconfigured" });
  assert.deepEqual(folder.server.calls, []);
});

Deno.test("the session token goes with every request", async () => {
  const sessionToken = "FwoGZXIvYXdzE/+=";
  const keys = new Map([[ACCESS_KEY, { secretKey: SECRET_KEY, sessionToken }]]);
  await using folder = S3Folder.start({ keys, s3: { sessionToken } });
  await folder.write("state-1/job", pieces("x"));
  assert.equal(await folder.read("state-1/job"), "x");
});

Deno.test("requests reach a server on IPv6", async () => {
  await using folder = S3Folder.start({ hostname: "::1" });
  await folder.write("state-1/job", pieces("x"));
  assert.equal(await folder.read("state-1/job"), "x");
});

Deno.test("removeUnfinished() deletes the parts that dead writers left, and only those", async () => {
  await using folder = S3Folder.start({ pageLength: 2 });
  const { uploads } = folder.server.contents;
  const left = ["state-1/a", "state-1/b", "state-1/c"];
  for (const name of [...left, "state-2/d", "state-1/deep/e"]) {
    uploads.set(`id of ${name.replaceAll("/", "-")}`, {
      key: `flink/cluster/${name}`,
      metadata: {},
      parts: new Map(),
    });
  }
  const giving = Promise.withResolvers<void>();
  async function* slow(): AsyncGenerator<Uint8Array> {
    yield* manyPieces(9, 1024 * 1024);
    await giving.promise;
  }
  const writing = folder.write("state-1/under-way", slow());
  assert.deepEqual((await folder.storage.removeUnfinished("state-1", folder)).sort(), left);
  giving.resolve();
  await writing;
  assert.deepEqual([...uploads.values()].map(({ key }) => key).sort(), [
    "flink/cluster/state-1/deep/e",
    "flink/cluster/state-2/d",
  ]);
});

Deno.test("openS3Storage() refuses a configuration that cannot work, and asks no server", () => {
  const location = { scheme: "s3" as const, url: "s3://bucket/x", path: "/x" };
  const options = { timeoutMs: 1000, hdfs: { nameNodes: [] }, logger: recordedLog().logger };
  assert.throws(() => openS3Storage(location, { ...options, s3: { pathStyle: false } }), {
    kind: "misconfigured",
    message: /s3\.access-key/,
  });
});
