import assert from "node:assert/strict";
import { parseStorageUrl } from "../../../../src/config/storage_url.ts";
import { clusterLocation } from "../../../../src/daemon/state/open_state.ts";

const LOCATIONS: [storageDir: string, clusterId: string, url: string, path: string][] = [
  ["/data", "/one", "file:///data/one", "/data/one"],
  ["/data/", "/one/two", "file:///data/one/two", "/data/one/two"],
  ["/", "/one", "file:///one", "/one"],
  ["/data", "/", "file:///data", "/data"],
  ["/", "/", "file://", "/"],
  ["hdfs:///flink/recovery", "/one", "hdfs:///flink/recovery/one", "/flink/recovery/one"],
  ["webhdfs://node:9870/x", "/one", "webhdfs://node:9870/x/one", "/x/one"],
  ["s3://bucket", "/one", "s3://bucket/one", "/one"],
  ["s3a://bucket/x", "/one", "s3://bucket/x/one", "/x/one"],
];

for (const [storageDir, clusterId, url, path] of LOCATIONS) {
  Deno.test(`clusterLocation() puts ${clusterId} below ${storageDir}`, () => {
    const parsed = parseStorageUrl(storageDir, { baseDir: "/home" });
    const location = clusterLocation(parsed, clusterId);
    assert.deepEqual(location, { scheme: parsed.scheme, url, path });
  });
}
