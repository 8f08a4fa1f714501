import assert from "node:assert/strict";
import type { StorageErrorKind } from "../../../src/storage/errors.ts";
import { isStorageError } from "../../../src/storage/errors.ts";
import type { PlainReply } from "../../support/plain_http_server.ts";
import { ACCESS_KEY, SECRET_KEY } from "../../support/s3_server.ts";
import { manyPieces, pieces } from "../../unit/storage/contents.ts";
import { error, first, S3Folder } from "./s3_folder.ts";

const NAME = "state-1/job";
const KEY = `flink/cluster/${NAME}`;
const MIB = 1024 * 1024;

async function refused(folder: S3Folder, kind: StorageErrorKind, pattern: RegExp): Promise<void> {
  for (
    const act of [
      () => folder.write(NAME, pieces("x")),
      () => folder.read(NAME),
      () => folder.list("state-1"),
    ]
  ) {
    await assert.rejects(act(), (failure) => {
      assert.ok(isStorageError(failure, kind), String(failure));
      assert.match(failure.message, pattern);
      return true;
    });
  }
}

for (
  const [status, code] of [[500, "InternalError"], [503, "SlowDown"], [
    400,
    "RequestTimeout",
  ]] as const
) {
  Deno.test(`what a server answers by ${code} is asked again`, async () => {
    await using folder = S3Folder.start();
    for (const operation of ["PutObject", "GetObject", "ListObjectsV2", "DeleteObject"]) {
      folder.server.intercept = first(operation, 2, () => error(status, code));
      if (operation === "PutObject") await folder.write(NAME, pieces("x"));
      if (operation === "GetObject") assert.equal(await folder.read(NAME), "x");
      if (operation === "ListObjectsV2") assert.deepEqual(await folder.list("state-1"), ["job 1"]);
      if (operation === "DeleteObject") await folder.storage.delete(NAME, folder);
      const count = folder.server.operations.filter((name) => name === operation).length;
      assert.equal(count, 3, operation);
    }
  });
}

Deno.test("a server that goes on failing is unavailable, after a few attempts", async () => {
  await using folder = S3Folder.start();
  folder.server.intercept = ({ operation }) =>
    operation === "PutObject" ? error(503, "SlowDown") : undefined;
  await assert.rejects(folder.write(NAME, pieces("x")), {
    kind: "unavailable",
    message: `Cannot write ${NAME}: the server answered 503 SlowDown: Because.`,
  });
  assert.equal(folder.server.operations.filter((name) => name === "PutObject").length, 4);
});

Deno.test("a server that is not there is unavailable", async () => {
  await using folder = S3Folder.start();
  await folder.server.stop();
  await refused(folder, "unavailable", /^Cannot \w+ .*http:\/\/127\.0\.0\.1:\d+\/.*refused/);
});

Deno.test("a server that says nothing costs the time limit", async () => {
  await using folder = S3Folder.start({ timeoutMs: 60 });
  folder.server.intercept = () => "silence";
  await refused(folder, "timeout", /nothing moved for 60 ms/);
});

Deno.test("requests that are refused for good are not repeated", async () => {
  const cases: [number, string, StorageErrorKind][] = [
    [403, "AccessDenied", "denied"],
    [403, "ExpiredToken", "denied"],
    [400, "ExpiredToken", "denied"],
    [404, "NoSuchBucket", "misconfigured"],
    [400, "InvalidBucketName", "misconfigured"],
    [507, "XMinioStorageFull", "full"],
    [403, "QuotaExceeded", "full"],
    [400, "InvalidRequest", "failed"],
    [405, "MethodNotAllowed", "failed"],
  ];
  for (const [status, code, kind] of cases) {
    await using folder = S3Folder.start();
    folder.server.intercept = () => error(status, code);
    await refused(folder, kind, new RegExp(`the server answered ${status} ${code}: Because`));
    assert.equal(folder.server.calls.length, 3, code);
  }
});

Deno.test("errors without a document have the status", async () => {
  await using folder = S3Folder.start();
  for (const body of ["", "<html><p>no<br></html>", "x".repeat(1_000_000)]) {
    folder.server.intercept = () => ({ status: 403, body });
    await refused(folder, "denied", /the server answered 403 without a code$/);
  }
});

Deno.test("wrong keys and wrong secrets are denied, and never shown", async () => {
  for (const s3 of [{ accessKey: "UNKNOWN" }, { secretKey: "hidden-secret" }]) {
    await using folder = S3Folder.start({ s3 });
    await refused(folder, "denied", /(InvalidAccessKeyId|SignatureDoesNotMatch)(?!.*hidden)/);
  }
});

Deno.test("a session token that a server repeats is not shown", async () => {
  await using folder = S3Folder.start({ s3: { sessionToken: "hidden-token" } });
  const body = "<Error><Code>InvalidToken</Code><Message>Bad hidden-token\n\tx</Message></Error>";
  folder.server.intercept = () => ({ status: 400, body });
  await refused(folder, "denied", /InvalidToken: Bad \*{6} x$/);
});

Deno.test("bits that flip on their way are noticed by the server, and sent again", async () => {
  await using folder = S3Folder.start();
  let flips = 1;
  folder.server.damage = (body) => {
    if (body.length > 0 && flips-- > 0) body[0]! ^= 1;
    return body;
  };
  await folder.write(NAME, pieces("content"));
  assert.equal(await folder.read(NAME), "content");
  flips = 1000;
  await assert.rejects(folder.write("state-1/other", pieces("content")), {
    kind: "failed",
    message: /BadDigest/,
  });
  flips = 1;
  await folder.write("state-1/long", manyPieces(9, MIB));
  assert.equal(folder.server.contents.objects.get("flink/cluster/state-1/long")?.bytes[0], 0);
});

Deno.test("a read that breaks off goes on where it was", async () => {
  await using folder = S3Folder.start();
  const text = Array.from({ length: 50_000 }, (_, index) => String(index)).join(" ");
  await folder.write(NAME, pieces(text));
  for (const isWhole of [false, true]) {
    let cuts = 0;
    folder.server.intercept = async (_, act) => {
      const { bytes: body, tag } = folder.server.contents.objects.get(KEY)!;
      const reply = isWhole ? { status: 200, headers: { etag: tag }, body } : await act();
      if (cuts++ === 3 || typeof reply === "string") return reply;
      return { ...reply, cutAfter: 70_000 * (isWhole ? cuts : 1) };
    };
    assert.equal(await folder.read(NAME), text);
  }
  const ranges = folder.server.calls.map(({ headers }) => headers.get("range"));
  assert.deepEqual(ranges.slice(1, 5), [null, "bytes=70000-", "bytes=140000-", "bytes=210000-"]);
});

Deno.test("a read that breaks off fails if the object was changed meanwhile", async () => {
  await using folder = S3Folder.start();
  await folder.write(NAME, pieces("x".repeat(1000)));
  folder.server.intercept = first("GetObject", 1, async (_, act) => {
    const reply = await act();
    folder.server.contents.objects.get(KEY)!.tag = '"other"';
    return typeof reply === "string" ? reply : { ...reply, cutAfter: 500 };
  });
  await assert.rejects(folder.read(NAME), { kind: "failed", message: /changed meanwhile/ });
});

Deno.test("a read that breaks off again and again without a byte fails", async () => {
  await using folder = S3Folder.start();
  await folder.write(NAME, pieces("x".repeat(1000)));
  folder.server.intercept = async ({ operation, headers }, act) => {
    const reply = await act();
    if (operation !== "GetObject" || typeof reply === "string") return reply;
    return { ...reply, cutAfter: headers.has("range") ? 0 : 500 };
  };
  await assert.rejects(folder.read(NAME), { kind: "unavailable", message: /too early/ });
});

Deno.test("a wrong region is corrected where the server names the right one", async () => {
  await using folder = S3Folder.start({ region: "eu-central-1" });
  await folder.write(NAME, pieces("x"));
  assert.equal(await folder.read(NAME), "x");
  assert.equal(folder.server.calls.length, 3);
  assert.match(
    folder.log.lines.join(""),
    /^\S+ \S+ WARN .*bucket is in another region.*eu-central-1\n$/,
  );
});

Deno.test("redirects to another region are named, not followed", async () => {
  await using folder = S3Folder.start();
  folder.server.intercept = () =>
    error(301, "PermanentRedirect", { "x-amz-bucket-region": "eu-west-3" });
  await refused(
    folder,
    "misconfigured",
    /301 PermanentRedirect: Because\. \(the bucket is in region eu-west-3: s3\.endpoint\.region/,
  );
  folder.server.intercept = () =>
    error(307, "TemporaryRedirect", { location: "http://127.0.0.1:1/" });
  await refused(
    folder,
    "misconfigured",
    /307 TemporaryRedirect: Because\. \(it points to http:\/\/127/,
  );
});

Deno.test("a clock that is wrong is corrected by the server's", async () => {
  const now = () => Date.now() + 3_600_000;
  await using folder = S3Folder.start({ now });
  await folder.write(NAME, pieces("x"));
  assert.equal(await folder.read(NAME), "x");
  assert.deepEqual(folder.server.operations, ["PutObject", "PutObject", "GetObject"]);
  assert.match(folder.log.lines.join(""), /WARN .*clock of this host is not that of the storage/);
});

Deno.test("a server that refuses its own time is told apart", async () => {
  await using folder = S3Folder.start();
  const date = new Date(Date.now() + 7_200_000).toUTCString();
  folder.server.intercept = () => error(403, "RequestTimeTooSkewed", { date });
  await refused(folder, "denied", /the clock of this host is 7\d\d\d s behind the server's/);
});

Deno.test("lists that make no sense fail, and are not asked for again and again", async () => {
  const list = (content: string) => ({ status: 200, body: `<L>${content}</L>` });
  for (
    const reply of [
      { status: 200, body: "no list" },
      { status: 200, body: "" },
      list("<IsTruncated>true</IsTruncated>"),
      list("<IsTruncated>true</IsTruncated><NextContinuationToken>1</NextContinuationToken>"),
      list("<Contents><Key>other/key</Key><Size>1</Size></Contents>"),
      list(`<Contents><Key>flink/cluster/state-1/x</Key><Size>many</Size></Contents>`),
      list("<Contents><Size>1</Size></Contents>"),
      list("<EncodingType>url</EncodingType><Contents><Key>%zz</Key><Size>1</Size></Contents>"),
    ]
  ) {
    await using folder = S3Folder.start();
    folder.server.intercept = () => reply;
    await assert.rejects(folder.list("state-1"), { kind: "failed", message: /not understood/ });
    assert.ok(folder.server.calls.length <= 2);
  }
});

Deno.test("no message, log line or URL shows a secret", async () => {
  await using folder = S3Folder.start({ timeoutMs: 60, s3: { sessionToken: "hidden-token" } });
  const replies: PlainReply[] = [
    "silence",
    "hang-up",
    error(500, "InternalError"),
    error(403, "x"),
  ];
  for (const reply of replies) {
    folder.server.intercept = () => reply;
    const failure = await folder.write(NAME, pieces("x")).catch((error) => error);
    const shown = Deno.inspect(failure, { depth: 10 }) + folder.storage.url +
      folder.log.lines.join("");
    for (const secret of [SECRET_KEY, "hidden-token", ACCESS_KEY]) {
      assert.ok(!shown.includes(secret));
    }
  }
});
