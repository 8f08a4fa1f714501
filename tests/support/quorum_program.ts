/**
 * The embedded ZooKeeper server as a program of the tests: `quorum_program.ts FOLDER` serves zoo.cfg of the
 * folder, and ends the sessions whose ids it reads, a line each.
 */
import { runTogether } from "../../src/async/run_together.ts";
import { loadZooCfg } from "../../src/config/conf_file.ts";
import { resolveEmbeddedZooCfg } from "../../src/config/embedded_zoo_cfg.ts";
import { openQuorumServer } from "../../src/daemon/zookeeper_server/zookeeper_server.ts";
import { createLogger } from "../../src/log/logger.ts";
import { TextLineStream } from "./text_line_stream.ts";

const [folder] = Deno.args;
if (folder === undefined) throw new Error("Usage: quorum_program.ts FOLDER");
const stop = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.addSignalListener(signal, () => stop.abort());
}
const zooCfg = resolveEmbeddedZooCfg(await loadZooCfg(folder, { homeDir: folder }), undefined);
const logger = createLogger("quorum", {
  level: "warn",
  write: (line) => console.error(line.trim()),
});
const server = await openQuorumServer(
  { zooCfg, folder: `${folder}/data/quorum`, logger },
  stop.signal,
);
await runTogether([(signal) => server.run(signal), obey], stop.signal);
// A read of the standard input that is under way would keep the process.
Deno.exit();

async function obey(signal: AbortSignal): Promise<void> {
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream(), { signal });
  for await (const id of lines) {
    console.log(`${server.expireSession(BigInt(id)) ? "expired" : "unknown"} ${id}`);
  }
}
