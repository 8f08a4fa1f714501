import assert from "node:assert/strict";
import type { S3Options } from "../../../../src/storage/open.ts";
import { addressingOf } from "../../../../src/storage/s3/addressing.ts";

function urlOf(
  options: Partial<S3Options>,
  { bucket = "bucket", key = "a/b", region = "eu-west-1" } = {},
) {
  const location = { scheme: "s3" as const, url: `s3://${bucket}/x`, path: "/x" };
  const addressing = addressingOf(location, { pathStyle: false, ...options });
  return addressing.url(region, { key }).href;
}

Deno.test("addressingOf() puts the bucket into the host name, or into the path where asked", () => {
  const endpoint = "http://minio.example:9000";
  assert.equal(urlOf({ endpoint }), "http://bucket.minio.example:9000/a/b");
  assert.equal(urlOf({ endpoint, pathStyle: true }), "http://minio.example:9000/bucket/a/b");
});

Deno.test("addressingOf() follows the region without an endpoint", () => {
  assert.equal(urlOf({}), "https://bucket.s3.eu-west-1.amazonaws.com/a/b");
  assert.equal(
    urlOf({}, { region: "cn-north-1" }),
    "https://bucket.s3.cn-north-1.amazonaws.com.cn/a/b",
  );
});

Deno.test("addressingOf() puts the bucket into the path where no host name can be made of it", () => {
  for (
    const [endpoint, bucket, expected] of [
      ["http://127.0.0.1:9000", "bucket", "http://127.0.0.1:9000/bucket/a/b"],
      ["http://[::1]:9000", "bucket", "http://[::1]:9000/bucket/a/b"],
      ["http://localhost", "bucket", "http://localhost/bucket/a/b"],
      ["https://host", "with.dots", "https://host/with.dots/a/b"],
      ["https://host", "Old_Bucket", "https://host/Old_Bucket/a/b"],
    ] as const
  ) assert.equal(urlOf({ endpoint }, { bucket }), expected);
});

Deno.test("addressingOf() takes endpoints without a scheme, and with a path", () => {
  assert.equal(urlOf({ endpoint: "host:444" }), "https://bucket.host:444/a/b");
  assert.equal(urlOf({ endpoint: "http://host/base/" }), "http://bucket.host/base/a/b");
  assert.equal(
    urlOf({ endpoint: "http://host/base/", pathStyle: true }),
    "http://host/base/bucket/a/b",
  );
});

Deno.test("addressingOf() percent-encodes keys and queries by RFC 3986", () => {
  const key = "a b/+!'()*~ä/%";
  assert.equal(
    urlOf({ endpoint: "http://host" }, { key }),
    "http://bucket.host/a%20b/%2B%21%27%28%29%2A~%C3%A4/%25",
  );
  const location = { scheme: "s3" as const, url: "s3://bucket/", path: "/" };
  const addressing = addressingOf(location, { pathStyle: true, endpoint: "http://host" });
  assert.equal(
    addressing.url("us-east-1", { query: { uploads: "", prefix: "a/b c+'" } }).href,
    "http://host/bucket?uploads=&prefix=a%2Fb%20c%2B%27",
  );
});

Deno.test("addressingOf() refuses endpoints that are no URL of a server, and shows no password", () => {
  for (
    const endpoint of ["", "ftp://host", "http://me:secret@host", "http://host?x=secret", "::"]
  ) {
    assert.throws(() => urlOf({ endpoint }), (error: Error) => {
      assert.match(error.message, /s3\.endpoint/);
      assert.doesNotMatch(error.message, /secret/);
      return true;
    }, endpoint);
  }
});
