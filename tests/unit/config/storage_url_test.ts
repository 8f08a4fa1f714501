import assert from "node:assert/strict";
import { parseStorageUrl } from "../../../src/config/storage_url.ts";
import { problemsOf } from "./problems.ts";

const parse = (text: string) => parseStorageUrl(text, { baseDir: "/opt/masterd" });

const URLS: [string, string, string, string][] = [
  ["hdfs:///flink/recovery", "hdfs", "hdfs:///flink/recovery", "/flink/recovery"],
  ["hdfs://nn:8020/x", "hdfs", "hdfs://nn:8020/x", "/x"],
  ["hdfs://mycluster/x", "hdfs", "hdfs://mycluster/x", "/x"],
  ["hdfs://[::1]:8020/x", "hdfs", "hdfs://[::1]:8020/x", "/x"],
  ["hdfs:/x", "hdfs", "hdfs:///x", "/x"],
  ["HDFS:///x", "hdfs", "hdfs:///x", "/x"],
  ["webhdfs://nn:9870/x", "webhdfs", "webhdfs://nn:9870/x", "/x"],
  ["swebhdfs://nn:9871/x", "swebhdfs", "swebhdfs://nn:9871/x", "/x"],
  ["s3://bucket/x", "s3", "s3://bucket/x", "/x"],
  ["s3a://bucket/x/", "s3", "s3://bucket/x", "/x"],
  ["s3p://bucket", "s3", "s3://bucket/", "/"],
  ["file:///x", "file", "file:///x", "/x"],
  ["file:/x", "file", "file:///x", "/x"],
  ["file://localhost/x", "file", "file:///x", "/x"],
  ["/x", "file", "file:///x", "/x"],
  ["/x/../y//z/", "file", "file:///y/z", "/y/z"],
  ["/with blank/ü%20", "file", "file:///with blank/ü%20", "/with blank/ü%20"],
  ["state/recovery", "file", "file:///opt/masterd/state/recovery", "/opt/masterd/state/recovery"],
  ["./state", "file", "file:///opt/masterd/state", "/opt/masterd/state"],
  ["../shared", "file", "file:///opt/shared", "/opt/shared"],
  [" /x ", "file", "file:///x", "/x"],
];

for (const [text, scheme, url, path] of URLS) {
  Deno.test(`parseStorageUrl() reads ${JSON.stringify(text)}`, () => {
    assert.deepEqual(parse(text), { scheme, url, path });
  });
}

const REFUSED: [string, RegExp][] = [
  ["", /"" is not a storage directory; write for example/],
  [":::", /":::" is neither a URL nor a path; write for example/],
  ["foo://", /unknown scheme "foo"; schemes are file, hdfs, webhdfs, swebhdfs, s3/],
  ["foo:///x", /unknown scheme "foo"/],
  ["__proto__:///x", /is neither a URL nor a path/],
  ["constructor:///x", /unknown scheme "constructor"/],
  ["http://h/x", /unknown scheme "http"/],
  ["hdfs:", /is not a storage URL/],
  ["hdfs://", /has no path; write hdfs:\/\/\/path/],
  ["hdfs://nn:8020", /has no path/],
  ["hdfs:x/y", /is not a storage URL/],
  ["hdfs://nn:port/x", /"port" is not a port/],
  ["hdfs://user@nn/x", /names a user/],
  ["hdfs:///x?y=z", /is not a storage URL/],
  ["s3:///x", /has no valid bucket; write s3:\/\/bucket\/path/],
  ["s3://", /has no valid bucket/],
  ["file://x", /has no path/],
  ["file://x/y", /names the host x; a local path has three slashes: file:\/\/\/path/],
  ["/x\ny", /is not a storage directory/],
];

for (const [text, message] of REFUSED) {
  Deno.test(`parseStorageUrl() refuses ${JSON.stringify(text)}`, () => {
    assert.match(problemsOf(() => parse(text)).join(), message);
  });
}

Deno.test("parseStorageUrl() repeats no password", () => {
  const texts = ["s3://key:SECRET@bucket/x", "s3n://key:SEC/RET@bucket/x", "hdfs://u:SECRET@nn/x"];
  for (const text of texts) {
    const said = JSON.stringify(problemsOf(() => parse(text)));
    assert.match(said, /names a user or password/);
    assert.doesNotMatch(said, /SEC/);
  }
  assert.equal(parse("hdfs://nn:8020/a@b").path, "/a@b");
  assert.equal(parse("s3://bucket/a:b@c").path, "/a:b@c");
});
