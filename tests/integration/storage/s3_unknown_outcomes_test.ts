import assert from "node:assert/strict";
import { until } from "../../support/until.ts";
import { endless, manyPieces, pieces } from "../../unit/storage/contents.ts";
import { error, first, S3Folder } from "./s3_folder.ts";

const NAME = "state-1/job";
const KEY = `flink/cluster/${NAME}`;
const MIB = 1024 * 1024;

Deno.test("a first attempt whose answer was lost is known again by its mark", async () => {
  for (const conditions of ["honoured", "refused"] as const) {
    await using folder = S3Folder.start({ conditions });
    folder.server.intercept = first(
      "PutObject",
      conditions === "refused" ? 2 : 1,
      async (_, act) => {
        await act();
        return "hang-up" as const;
      },
    );
    await folder.write(NAME, pieces("ours"));
    assert.equal(await folder.read(NAME), "ours");
    const { operations } = folder.server;
    assert.ok(operations.includes("HeadObject"), operations.join());
  }
});

Deno.test("another's object is not taken for the own one after a lost answer", async () => {
  await using folder = S3Folder.start();
  folder.server.intercept = first("PutObject", 1, () => {
    folder.server.contents.objects.set(KEY, {
      bytes: new TextEncoder().encode("theirs"),
      tag: '"t"',
      metadata: { "x-amz-meta-masterd-write": "another" },
    });
    return "hang-up" as const;
  });
  await assert.rejects(folder.write(NAME, pieces("ours")), { kind: "exists" });
  assert.equal(await folder.read(NAME), "theirs");
});

Deno.test("what a failed write may have left behind is deleted", async () => {
  await using folder = S3Folder.start();
  const puts = () => folder.server.operations.filter((name) => name === "PutObject").length;
  folder.server.intercept = async ({ operation }, act) => {
    if (operation !== "PutObject") return undefined;
    await act();
    return error(503, "ServiceUnavailable");
  };
  const stop = new AbortController();
  const writing = folder.storage.write(NAME, pieces("x"), { signal: stop.signal });
  await until(puts, (count) => count > 0);
  stop.abort(new Error("enough"));
  await assert.rejects(writing, { message: "enough" });
  await folder.storage[Symbol.asyncDispose]();
  assert.deepEqual(folder.keys, []);
});

Deno.test("a completion that fails behind a status of 200 is repeated", async () => {
  await using folder = S3Folder.start();
  folder.server.intercept = first("CompleteMultipartUpload", 1, () => error(200, "InternalError"));
  await folder.write(NAME, manyPieces(9, MIB));
  assert.equal(folder.server.contents.objects.get(KEY)?.bytes.length, 9 * MIB);
});

Deno.test("a completion whose answer was lost is known again by its mark", async () => {
  await using folder = S3Folder.start();
  folder.server.intercept = first("CompleteMultipartUpload", 1, async (_, act) => {
    await act();
    return "hang-up" as const;
  });
  await folder.write(NAME, manyPieces(9, MIB));
  assert.equal(folder.server.contents.objects.get(KEY)?.bytes.length, 9 * MIB);
  assert.ok(folder.server.operations.includes("HeadObject"));
});

Deno.test("parts are given up when a long write fails", async () => {
  await using folder = S3Folder.start();
  folder.server.intercept = ({ operation, query }) =>
    operation === "UploadPart" && query.get("partNumber") === "2"
      ? error(403, "AccessDenied")
      : undefined;
  await assert.rejects(folder.write(NAME, manyPieces(20, MIB)), { kind: "denied" });
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield* manyPieces(9, MIB);
    throw new RangeError("no more");
  }
  await assert.rejects(folder.write(NAME, failing()), { name: "RangeError", message: "no more" });
  const stop = new AbortController();
  async function* hanging(): AsyncGenerator<Uint8Array> {
    yield* manyPieces(9, MIB);
    yield* endless().content;
  }
  const writing = folder.storage.write(NAME, hanging(), { signal: stop.signal });
  await until(() => folder.server.operations.at(-1), (last) => last === "UploadPart");
  stop.abort(new Error("enough"));
  await assert.rejects(writing, { message: "enough" });
  await folder.storage[Symbol.asyncDispose]();
  assert.equal(folder.server.contents.uploads.size, 0);
  assert.deepEqual(folder.keys, []);
});

Deno.test("answers that say more than they need to leave no connection open", async () => {
  await using folder = S3Folder.start();
  folder.server.intercept = async ({ operation }, act) => {
    const reply = await act();
    const isResult = /^(Put|Head|Delete|UploadPart|Abort)/.test(operation);
    return isResult && typeof reply !== "string"
      ? { ...reply, body: "more".repeat(50_000) }
      : reply;
  };
  await folder.write(NAME, pieces("x"));
  await folder.write("state-1/long", manyPieces(9, MIB));
  await assert.rejects(folder.write(NAME, manyPieces(9, MIB)), { kind: "exists" });
  await folder.storage.delete(NAME, folder);
  assert.deepEqual(await folder.list("state-1"), [`long ${9 * MIB}`]);
});
