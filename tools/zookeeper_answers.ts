import { loadConfiguration } from "../src/config/configuration.ts";
import type { HostPort } from "../src/config/host_port.ts";

const LIMIT_MS = 2000;

/** Whether a ZooKeeper server answers there; any answer will do, also that it has no quorum yet. */
async function answers({ host, port }: HostPort): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(LIMIT_MS);
    using connection = await Deno.connect({ hostname: host, port, signal });
    signal.addEventListener("abort", () => connection.close());
    await connection.write(new TextEncoder().encode("srvr"));
    return await connection.read(new Uint8Array(64)) !== null;
  } catch {
    return false;
  }
}

// Tells by its exit code whether any server of the configured quorum answers.
if (import.meta.main) {
  const [homeDir = ".", confDir = `${homeDir}/conf`] = Deno.args;
  const { configuration } = await loadConfiguration({
    homeDir,
    confDir,
    environment: Deno.env.toObject(),
    dynamicProperties: [],
  });
  const answered = await Promise.all(configuration.zookeeper.servers.map(answers));
  Deno.exit(answered.includes(true) ? 0 : 1);
}
