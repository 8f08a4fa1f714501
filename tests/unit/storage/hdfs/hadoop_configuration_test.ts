import assert from "node:assert/strict";
import { isStorageError } from "../../../../src/storage/errors.ts";
import { HadoopConfiguration } from "../../../../src/storage/hdfs/hadoop_configuration.ts";
import { ConfFolder, properties } from "./conf_folder.ts";

async function read(files: Parameters<typeof ConfFolder.with>[0]): Promise<HadoopConfiguration> {
  await using folder = await ConfFolder.with(files);
  return await HadoopConfiguration.read(folder.path);
}

async function problem(files: Parameters<typeof ConfFolder.with>[0]): Promise<string> {
  await using folder = await ConfFolder.with(files);
  const error = await HadoopConfiguration.read(folder.path).then(() => undefined, (error) => error);
  assert.ok(isStorageError(error, "misconfigured"), String(error));
  return error.message.replaceAll(folder.path, "CONF");
}

Deno.test("HadoopConfiguration.read() lets hdfs-site.xml override core-site.xml", async () => {
  const configuration = await read({
    "core-site.xml": { a: "1", b: "1" },
    "hdfs-site.xml": { b: "2", c: "2" },
  });
  assert.deepEqual(["a", "b", "c", "d"].map((name) => configuration.get(name)), [
    "1",
    "2",
    "2",
    undefined,
  ]);
});

Deno.test("HadoopConfiguration.read() lets nothing override a final property", async () => {
  const configuration = await read({
    "core-site.xml": "<property><name>a</name><value>1</value><final>true</final></property>",
    "hdfs-site.xml": { a: "2" },
  });
  assert.equal(configuration.get("a"), "1");
});

Deno.test("HadoopConfiguration.read() takes the later of two properties, attributes, CDATA and entities", async () => {
  const configuration = await read({
    "core-site.xml": `${properties({ a: "1" })}<!-- <property/> -->${properties({ a: "2" })}
      <property name="b" value="x y"/>
      <property><name> c </name><value><![CDATA[<c>]]></value></property>
      <property><name>d</name><value>1 &lt; 2 &amp; 3</value></property>
      <property><name>e</name><value/></property>
      <property><name>f</name></property>`,
  });
  assert.deepEqual(["a", "b", "c", "d", "e", "f"].map((name) => configuration.get(name)), [
    "2",
    "x y",
    "<c>",
    "1 < 2 & 3",
    "",
    undefined,
  ]);
});

Deno.test("get() replaces references, also of references, and leaves unknown and endless ones", async () => {
  const configuration = await read({
    "core-site.xml": { a: "${b}/x", b: "${c}", c: "end", d: "${nobody}", e: "${e}", f: "${g}${g}" },
    "hdfs-site.xml": { g: "$" },
  });
  assert.equal(configuration.get("a"), "end/x");
  assert.equal(configuration.get("d"), "${nobody}");
  assert.equal(configuration.get("e"), "${e}");
  assert.equal(configuration.get("f"), "$$");
});

Deno.test("list() cuts at commas and drops what is empty", async () => {
  const configuration = await read({ "core-site.xml": { a: " one, two,,three " } });
  assert.deepEqual(configuration.list("a"), ["one", "two", "three"]);
  assert.deepEqual(configuration.list("b"), []);
});

Deno.test("HadoopConfiguration.read() includes local files in their place", async () => {
  const configuration = await read({
    "core-site.xml": `${properties({ a: "1", b: "1" })}
      <xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="more.xml"/>
      ${properties({ b: "3" })}
      <xi:include href="not-there.xml"><xi:fallback>${
      properties({ d: "4" })
    }</xi:fallback></xi:include>`,
    "more.xml": { a: "2", b: "2", c: "2" },
  });
  assert.deepEqual(["a", "b", "c", "d"].map((name) => configuration.get(name)), [
    "2",
    "3",
    "2",
    "4",
  ]);
});

Deno.test("HadoopConfiguration.read() names the file, and the line, of what is wrong", async () => {
  const broken = await problem({ "core-site.xml": "<property><name>a</value></property>" });
  assert.match(
    broken,
    /^Cannot use Hadoop's configuration CONF\/core-site.xml: line 3 is no valid XML/,
  );
  const missing = await problem({ "core-site.xml": '<xi:include href="gone.xml"/>' });
  assert.match(missing, /core-site.xml: it includes CONF\/gone.xml, which is not there$/);
  const remote = await problem({ "core-site.xml": '<xi:include href="http://h/x.xml"/>' });
  assert.match(remote, /it includes http:\/\/h\/x.xml; only local files can be included$/);
  const endless = await problem({ "core-site.xml": '<xi:include href="core-site.xml"/>' });
  assert.match(endless, /files include each other without an end$/);
  const neither = await problem({});
  assert.match(
    neither,
    /^Cannot use Hadoop's configuration in CONF: there is neither core-site.xml nor/,
  );
});

Deno.test("HadoopConfiguration.read() refuses a file of something else", async () => {
  await using folder = await ConfFolder.with({});
  await folder.write("core-site.xml", "<html></html>");
  await assert.rejects(HadoopConfiguration.read(folder.path), /it has no <configuration>/);
});
