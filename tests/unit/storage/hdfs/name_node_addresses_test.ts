import assert from "node:assert/strict";
import { isStorageError } from "../../../../src/storage/errors.ts";
import { findNameNodes } from "../../../../src/storage/hdfs/name_node_addresses.ts";
import { ConfFolder } from "./conf_folder.ts";

type Files = Parameters<typeof ConfFolder.with>[0];

const HA: Files = {
  "core-site.xml": { "fs.defaultFS": "hdfs://mycluster", "suffix": "example" },
  "hdfs-site.xml": {
    "dfs.nameservices": "other, mycluster",
    "dfs.ha.namenodes.mycluster": "nn1,nn2",
    "dfs.namenode.rpc-address.mycluster.nn1": "master1.${suffix}:8020",
    "dfs.namenode.rpc-address.mycluster.nn2": "master2.${suffix}:8020",
    "dfs.namenode.http-address.mycluster.nn1": "master1.${suffix}:50070",
    "dfs.namenode.http-address.mycluster.nn2": "0.0.0.0:50071",
    "dfs.namenode.https-address.mycluster.nn1": "master1.${suffix}:50470",
    "dfs.namenode.rpc-address.other": "elsewhere:9000",
    "dfs.namenode.http-address.other": "elsewhere:80",
  },
};

async function find(
  url: string,
  files?: Files,
  nameNodes: { host: string; port: number }[] = [],
): Promise<string[]> {
  await using folder = files ? await ConfFolder.with(files) : undefined;
  const [scheme] = url.split(":") as ["hdfs" | "webhdfs" | "swebhdfs"];
  const found = await findNameNodes({ scheme, url, path: "/flink" }, {
    nameNodes,
    ...(folder ? { confDir: folder.path } : {}),
  });
  return found.map(String);
}

async function problem(url: string, files?: Files): Promise<string> {
  const error = await find(url, files).then(() => undefined, (error) => error);
  assert.ok(isStorageError(error, "misconfigured"), String(error));
  return error.message.replaceAll(/\S*masterd-hadoop-conf-[^/ ]*/g, "CONF");
}

Deno.test("findNameNodes() takes the default file system where the URL has no host", async () => {
  const both = ["http://master1.example:50070/", "http://master2.example:50071/"];
  assert.deepEqual(await find("hdfs:///flink", HA), both);
  assert.deepEqual(await find("hdfs://mycluster/flink", HA), both);
  assert.deepEqual(await find("webhdfs:///flink", HA), both);
  assert.deepEqual(await find("swebhdfs:///flink", HA), [
    "https://master1.example:50470/",
    "https://master2.example:9871/",
  ]);
});

Deno.test("findNameNodes() finds a nameservice that has one name node", async () => {
  assert.deepEqual(await find("hdfs://other/flink", HA), ["http://elsewhere/"]);
});

Deno.test("findNameNodes() finds the HTTP address of the name node of host:port", async () => {
  assert.deepEqual(await find("hdfs://master2.example:8020/flink", HA), [
    "http://master2.example:50071/",
  ]);
  assert.deepEqual(await find("hdfs://master1.example/flink", HA), [
    "http://master1.example:50070/",
  ]);
});

Deno.test("findNameNodes() takes Hadoop's default ports where nothing is configured", async () => {
  assert.deepEqual(await find("hdfs://somewhere:8020/flink"), ["http://somewhere:9870/"]);
  assert.deepEqual(await find("hdfs://somewhere:8020/flink", HA), ["http://somewhere:9870/"]);
  assert.deepEqual(await find("webhdfs://somewhere/flink"), ["http://somewhere:9870/"]);
  assert.deepEqual(await find("swebhdfs://somewhere/flink"), ["https://somewhere:9871/"]);
  assert.deepEqual(await find("hdfs://[2001:db8::1]:8020/flink"), ["http://[2001:db8::1]:9870/"]);
  assert.deepEqual(await find("hdfs://[2001:db8::1]/flink"), ["http://[2001:db8::1]:9870/"]);
});

Deno.test("findNameNodes() takes the address of webhdfs and swebhdfs as it is", async () => {
  assert.deepEqual(await find("webhdfs://h:1234/flink"), ["http://h:1234/"]);
  assert.deepEqual(await find("swebhdfs://[::1]:1234/flink"), ["https://[::1]:1234/"]);
  assert.deepEqual(await find("webhdfs://mycluster/flink", HA), [
    "http://master1.example:50070/",
    "http://master2.example:50071/",
  ]);
});

Deno.test("findNameNodes() takes the single name node of the default file system", async () => {
  const files = {
    "core-site.xml": { "fs.defaultFS": "hdfs://master:9000" },
    "hdfs-site.xml": { "dfs.namenode.http-address": "0.0.0.0:5000" },
  };
  assert.deepEqual(await find("hdfs:///flink", files), ["http://master:5000/"]);
  assert.deepEqual(await find("hdfs://master:9000/flink", files), ["http://master:5000/"]);
  assert.deepEqual(await find("hdfs://another:9000/flink", files), ["http://another:9870/"]);
});

Deno.test("findNameNodes() speaks HTTPS where the cluster's policy says so", async () => {
  const files = {
    "core-site.xml": HA["core-site.xml"]!,
    "hdfs-site.xml": {
      ...HA["hdfs-site.xml"] as Record<string, string>,
      "dfs.http.policy": "HTTPS_ONLY",
    },
  };
  assert.deepEqual(await find("hdfs:///flink", files), [
    "https://master1.example:50470/",
    "https://master2.example:9871/",
  ]);
});

Deno.test("findNameNodes() prefers the name nodes it is given", async () => {
  const given = [{ host: "a", port: 1 }, { host: "::1", port: 2 }];
  assert.deepEqual(await find("hdfs:///flink", HA, given), ["http://a:1/", "http://[::1]:2/"]);
  assert.deepEqual(await find("swebhdfs:///flink", undefined, given), [
    "https://a:1/",
    "https://[::1]:2/",
  ]);
});

Deno.test("findNameNodes() says what is missing, and in which files", async () => {
  assert.match(
    await problem("hdfs:///flink"),
    /^Cannot use hdfs:\/\/\/flink: it names no host, and there is no Hadoop configuration; write/,
  );
  assert.equal(
    await problem("hdfs:///flink", { "hdfs-site.xml": {} }),
    "Cannot use hdfs:///flink: fs.defaultFS is not set in " +
      "CONF/core-site.xml (there is no such file) and CONF/hdfs-site.xml",
  );
  assert.match(
    await problem("hdfs:///flink", { "core-site.xml": { "fs.defaultFS": "file:///" } }),
    /the default file system file:\/\/\/ is not in HDFS; write hdfs:\/\/host:port\/path$/,
  );
  assert.match(
    await problem("hdfs://ns/flink", { "hdfs-site.xml": { "dfs.ha.namenodes.ns": "a,b" } }),
    /dfs.namenode.http-address.ns.a is not set in CONF\/core-site.xml/,
  );
});

Deno.test("findNameNodes() names the property whose value is no address", async () => {
  const files = {
    "hdfs-site.xml": {
      "dfs.ha.namenodes.ns": "a",
      "dfs.namenode.http-address.ns.a": "${env.HOST}/x:9870",
    },
  };
  assert.equal(
    await problem("hdfs://ns/flink", files),
    "Cannot use hdfs://ns/flink: dfs.namenode.http-address.ns.a (in CONF/hdfs-site.xml) is " +
      '"${env.HOST}/x:9870", no host:port',
  );
});

Deno.test("findNameNodes() reads no configuration where the URL says all", async () => {
  const found = await findNameNodes({ scheme: "webhdfs", url: "webhdfs://h:1/x", path: "/x" }, {
    nameNodes: [],
    confDir: "/not/there",
  });
  assert.deepEqual(found.map(String), ["http://h:1/"]);
});
