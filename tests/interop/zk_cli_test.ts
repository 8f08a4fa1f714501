import assert from "node:assert/strict";
import { TestProcess } from "../support/process.ts";
import type { ZooKeeperKind } from "../support/zookeeper_kind.ts";
import { ZooKeeperServer } from "../support/zookeeper_server.ts";

const LIMIT_MS = 60_000;
const PROGRAM = `${Deno.env.get("ZOOKEEPER_HOME") ?? "/usr/share/zookeeper"}/bin/zkCli.sh`;
const COMMANDS = new URL("zk_cli_commands.txt", import.meta.url);
const EVENT = /^WatchedEvent /;

interface Transcript {
  output: string[];
  /** Another thread writes them: where they stand among the output is left to chance. */
  events: string[];
  errors: string[];
}

/** What zkCli.sh prints of a server to the commands of the file, without ids, addresses and times. */
async function transcript(kind: ZooKeeperKind): Promise<Transcript> {
  await using server = await ZooKeeperServer.start({
    kind,
    settings: { extendedTypesEnabled: "true" },
  });
  await using cli = TestProcess.start(PROGRAM, {
    args: ["-waitforconnection", "-server", server.address],
    env: { CLIENT_JVMFLAGS: "-Xmx128m -XX:TieredStopAtLevel=1" },
  });
  await cli.writeLine((await Deno.readTextFile(COMMANDS)).trim());
  const { success } = await cli.ends({ limitMs: LIMIT_MS });
  assert.ok(success, cli.text);
  const said = (from: string) =>
    cli.lines.filter((line) => line.from === from).map(({ text }) => withoutTimes(text));
  const output = said("stdout").filter((text) => text !== "" && text !== "WATCHER::");
  return {
    output: output.filter((text) => !EVENT.test(text)),
    events: output.filter((text) => EVENT.test(text) && !text.includes("state:Closed")),
    errors: said("stderr"),
  };
}

function withoutTimes(text: string): string {
  return text.replace(/^([cm]time) = .*/, "$1").replace(/127\.0\.0\.1:\d+/, "ADDRESS")
    .replace(/^(ephemeralOwner = 0x)[0-9a-f]{2,}$/, "$1of somebody");
}

Deno.test("zkCli.sh prints the same of the embedded server as of Apache's", async () => {
  const [expected, seen] = await Promise.all([transcript("apache"), transcript("embedded")]);
  assert.deepEqual(seen, expected);
  assert.ok(expected.output.includes("dataVersion = 1"), expected.output.join("\n"));
  assert.equal(expected.events.length, 6, expected.events.join("\n"));
  assert.ok(expected.errors.includes("Created /cli/n-0000000002"), expected.errors.join("\n"));
});
