// A daemon in miniature: holds a session and an ephemeral node, has a command running that has left its
// process group, and keeps the session file. Arguments: connect string, session file, node, workload.
import { connect } from "zookeeper";
import { SessionFile } from "../../../src/daemon/session_file.ts";

const [quorum, path, node, workload] = Deno.args as [string, string, string, string];
await using file = await SessionFile.open(path);
const child = new Deno.Command("setsid", {
  args: ["sleep", "613"],
  env: { MASTERD_WORKLOAD_ID: workload },
  stdout: "null",
  stderr: "null",
}).spawn();
await using zk = await connect(quorum, {
  sessionTimeoutMs: 10_000,
  signal: AbortSignal.timeout(20_000),
});
file.write({ quorum, credentials: zk.credentials, workloads: [{ id: workload }] });
await zk.create(node, new Uint8Array(), { mode: "ephemeral" });
zk.onStateChange((state) => console.log(state.kind));
console.log(`holds, child ${child.pid}`);
await new Promise<void>((resolve) => Deno.addSignalListener("SIGTERM", resolve));
child.kill("SIGKILL");
