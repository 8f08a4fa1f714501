/**
 * Runs under Node, as the npm package `zookeeper` is an addon that Deno cannot load. Argument: the
 * address. Each line of standard input is a round `{"path", "amounts"}`, each answer its figures.
 */
import { createRequire } from "node:module";
import process from "node:process";
import { createInterface } from "node:readline";
import { type BenchClient, runRound } from "../workloads.ts";

const require = createRequire(import.meta.url);
const NO_DATA = "";
const LOG_ERRORS = 1;

async function open(address: string): Promise<BenchClient> {
  const ZooKeeper = require("zookeeper");
  const client = new ZooKeeper({
    connect: address,
    timeout: 10_000,
    debug_level: LOG_ERRORS,
    host_order_deterministic: false,
  });
  await new Promise((resolve) => {
    client.once("connect", resolve);
    client.init({});
  });
  return {
    getData: (path) => settled((done) => client.a_get(path, false, done)),
    createEphemeral: (path) =>
      settled((done) => client.a_create(path, NO_DATA, ZooKeeper.constants.ZOO_EPHEMERAL, done)),
    remove: (path) => settled((done) => client.a_delete_(path, -1, done)),
    close: () => Promise.resolve(client.close()),
  };
}

function settled(act: (done: (code: number, error: string) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    act((code, error) => code === 0 ? resolve() : reject(new Error(error)));
  });
}

const client = await open(process.argv[2]!);
console.log("ready");
for await (const line of createInterface({ input: process.stdin })) {
  const { path, amounts } = JSON.parse(line);
  console.log(JSON.stringify(await runRound(client, path, amounts)));
}
await client.close();
