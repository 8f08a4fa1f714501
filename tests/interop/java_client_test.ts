import assert from "node:assert/strict";
import { debianJar } from "../support/zookeeper_installation.ts";
import type { ZooKeeperKind } from "../support/zookeeper_kind.ts";
import { ZooKeeperServer } from "../support/zookeeper_server.ts";
import { curatorClassPath, startJava } from "./java_program.ts";
import { serveRequests, told } from "./requests.ts";

const CLIENT_LINES = 60;
const CURATOR_LINES = 35;

/** What a program says of a server; ids and times are not in it. */
async function transcript(
  name: string,
  classPath: readonly string[],
  kind: ZooKeeperKind,
): Promise<string[]> {
  await using server = await ZooKeeperServer.start({
    kind,
    settings: { extendedTypesEnabled: "true" },
  });
  await using java = startJava(name, { classPath, args: [server.address] });
  await serveRequests(java, server, "> done");
  return told(java).filter((line) => line.startsWith("> "));
}

async function assertSame(name: string, classPath: string[], leastLines: number): Promise<void> {
  const [expected, seen] = await Promise.all([
    transcript(name, classPath, "apache"),
    transcript(name, classPath, "embedded"),
  ]);
  assert.ok(expected.length >= leastLines, expected.join("\n"));
  assert.deepEqual(seen, expected);
}

Deno.test("Apache's Java client says the same of the embedded server as of Apache's", async () => {
  const classPath = [
    debianJar("zookeeper", "libzookeeper-java"),
    debianJar("slf4j-nop", "libslf4j-java"),
  ];
  await assertSame("ClientExercises", classPath, CLIENT_LINES);
});

Deno.test("Curator's recipes say the same of the embedded server as of Apache's", async () => {
  await assertSame("CuratorExercises", curatorClassPath(), CURATOR_LINES);
});
