import library from "npm:node-zookeeper-client@1.1.3";
import type { BenchClient } from "../workloads.ts";

/** The npm package node-zookeeper-client, running under Deno as we do. */
export async function openNodeZooKeeperClient(address: string): Promise<BenchClient> {
  const client = library.createClient(address, { sessionTimeout: 10_000 });
  const connected = Promise.withResolvers<void>();
  client.once("connected", connected.resolve);
  client.connect();
  await connected.promise;
  return {
    getData: (path) => settled((done) => client.getData(path, done)),
    createEphemeral: (path) =>
      settled((done) => client.create(path, library.CreateMode.EPHEMERAL, done)),
    remove: (path) => settled((done) => client.remove(path, -1, done)),
    close: async () => {
      const disconnected = Promise.withResolvers<void>();
      client.once("disconnected", disconnected.resolve);
      client.close();
      await disconnected.promise;
    },
  };
}

function settled(act: (done: (error: unknown, value: unknown) => void) => void): Promise<unknown> {
  return new Promise((resolve, reject) => {
    act((error, value) => error ? reject(error) : resolve(value));
  });
}
