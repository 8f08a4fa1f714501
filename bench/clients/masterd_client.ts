import { connect } from "zookeeper";
import type { BenchClient } from "../workloads.ts";

const NO_DATA = new Uint8Array();

/** The client of this project. */
export async function openMasterdClient(address: string): Promise<BenchClient> {
  const zk = await connect(address, {
    sessionTimeoutMs: 10_000,
    signal: AbortSignal.timeout(10_000),
  });
  return {
    getData: (path) => zk.getData(path),
    createEphemeral: (path) => zk.create(path, NO_DATA, { mode: "ephemeral" }),
    remove: (path) => zk.delete(path, { version: -1 }),
    close: () => zk.close(),
  };
}
