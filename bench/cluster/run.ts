/** How long a start of many hosts takes, beside that of one host, and beside one host after the other. */
import { cp } from "node:fs/promises";
import type { Host } from "../../tests/cluster/host.ts";
import { quoted } from "../../tests/cluster/installation.ts";
import { rights } from "../../tests/cluster/namespaces.ts";
import { Network } from "../../tests/cluster/network.ts";
import { median } from "../statistics.ts";

const HOSTS = 16;
const ROUNDS = 5;
const HOME = "/opt/masterd";
const BIN = new URL("../../bin", import.meta.url).pathname;
const STAND_IN = new URL("masterd_stand_in.sh", import.meta.url).pathname;

/** As the scripts of the reference start workers: the next host when ssh to the last one has ended. */
const LOOP = `while read -r host _; do
  ssh -n -o BatchMode=yes "$host" -- "nohup /bin/bash -l ${HOME}/bin/taskmanager.sh start" &
  wait
done < ${HOME}/conf/workers`;

/** Starts workers on hosts in namespaces of their own and prints how long that took. */
export async function printClusterStarts(): Promise<void> {
  if (!rights) {
    console.log("missing: starts of many hosts: this user may not make network namespaces");
    return;
  }
  // The first is the one on which the scripts are called.
  await using network = await Network.start({ hosts: HOSTS + 1 });
  const [operator, ...others] = network.hosts as [Host, ...Host[]];
  await Promise.all(network.hosts.map(equip));
  const script = `${HOME}/bin/start-cluster.sh`;
  const one: number[] = [];
  const all: number[] = [];
  const loop: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    one.push(await measure(operator, others.slice(0, 1), script));
    all.push(await measure(operator, others, script));
    loop.push(await measure(operator, others, LOOP));
  }
  print(median(one), median(all), median(loop));
}

function print(oneMs: number, allMs: number, loopMs: number): void {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
  const ratio = (allMs / oneMs).toFixed(1);
  console.log(`start-cluster.sh, 1 host: median ${seconds(oneMs)}`);
  console.log(`start-cluster.sh, ${HOSTS} hosts: median ${seconds(allMs)}, ${ratio} times as long`);
  const faster = (loopMs / allMs).toFixed(1);
  console.log(
    `ssh one after another, ${HOSTS} hosts: median ${seconds(loopMs)}, ${faster} times ours`,
  );
}

async function equip(host: Host): Promise<void> {
  const folder = host.path(HOME);
  await cp(BIN, `${folder}/bin`, { recursive: true });
  await cp(STAND_IN, `${folder}/masterd`);
  await Deno.mkdir(`${folder}/conf`);
  const settings = {
    ha: "zookeeper",
    pid_dir: `${HOME}/run`,
    log_dir: `${HOME}/log`,
    log_max: "2",
    quorum_peers: "0",
    version: "0.0.0",
    config_dir: `${HOME}/conf`,
  };
  const lines = Object.entries(settings).map((entry) => `${entry.join("\t")}\n`);
  await Deno.writeTextFile(`${folder}/conf/script-env`, lines.join(""));
  await Deno.writeTextFile(`${folder}/conf/masters`, "");
}

/** How long it takes until a worker runs on each host. */
async function measure(operator: Host, hosts: readonly Host[], command: string): Promise<number> {
  const workers = hosts.map(({ name }) => `${name}\tremote\t-\t-\n`).join("");
  await Deno.writeTextFile(`${operator.path(HOME)}/conf/workers`, workers);
  const startMs = performance.now();
  await succeed(operator, command);
  const tookMs = performance.now() - startMs;
  await Promise.all(hosts.map((host) => succeed(host, `${HOME}/bin/taskmanager.sh stop`)));
  return tookMs;
}

async function succeed(host: Host, command: string): Promise<void> {
  const { code, errors } = await host.run(command);
  if (code !== 0) throw new Error(`Cannot run ${quoted(command)} on ${host.name}: ${errors}`);
}
