import assert from "node:assert/strict";
import { TestProcess } from "../support/process.ts";
import type { ZooKeeperKind } from "../support/zookeeper_kind.ts";
import { ZooKeeperServer } from "../support/zookeeper_server.ts";
import { serveRequests, told } from "../interop/requests.ts";

const LEAST_LINES = 20;

/** The folder into which tools/interop_extra_zookeeper.sh has installed the package. */
function packageFolder(): string {
  const folder = Deno.env.get("MASTERD_TEST_NATIVE_CLIENT");
  if (folder !== undefined) return folder;
  throw new Error("MASTERD_TEST_NATIVE_CLIENT: start this with tools/interop_extra_zookeeper.sh");
}

async function transcript(program: string, kind: ZooKeeperKind): Promise<string[]> {
  await using server = await ZooKeeperServer.start({ kind });
  await using node = TestProcess.start("node", { args: [program, server.address] });
  await serveRequests(node, server, '> "done"');
  return told(node).filter((line) => line.startsWith("> "));
}

Deno.test("the native node client says the same of the embedded server as of Apache's", async () => {
  const program = `${packageFolder()}/native_exercises.mjs`;
  const source = new URL("./native_exercises.ts", import.meta.url).pathname;
  const bundling = new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "-o", program, source],
  });
  assert.ok((await bundling.output()).success);
  const [expected, seen] = await Promise.all([
    transcript(program, "apache"),
    transcript(program, "embedded"),
  ]);
  assert.ok(expected.length >= LEAST_LINES, expected.join("\n"));
  assert.deepEqual(seen, expected);
});
