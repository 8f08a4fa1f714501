/**
 * The fault campaign: real masters with a recorder as their leader-only command, on real ZooKeeper
 * servers, and everything that can go wrong. tools/faults.sh runs it.
 */
import { parseArgs } from "node:util";
import { RecorderClock } from "./clock.ts";
import { runJobs } from "./jobs.ts";
import { BUILT_PROGRAM, SOURCE_PROGRAM } from "./program.ts";
import { Report } from "./report.ts";
import { PARTS } from "./parts.ts";
import type { Campaign } from "./scenarios/scenario.ts";

const USAGE = `Usage: tools/faults.sh [PART...] [OPTIONS]

Parts, all of them unless named: ${Object.keys(PARTS).join(", ")}

  --timeouts LIST  Session timeouts in seconds (2,10)
  --servers LIST   Numbers of ZooKeeper servers (1,3)
  --only TEXT      Only the series whose title holds this text
  --runs N         How often each run is done, in the place of each part's own number
  --seed N         Seed of the first run of a random part; the next have the next ones
  --parallel N     Clusters at a time where no times are measured (one less than processors)
  --source         Masters from the sources, not dist/masterd
`;

async function main(): Promise<number> {
  const { values, positionals } = readArguments();
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const unknown = positionals.find((name) => !(name in PARTS));
  if (unknown !== undefined) {
    console.error(`There is no part ${unknown}\n\n${USAGE}`);
    return 64;
  }
  const report = new Report();
  const campaign: Campaign = {
    program: values.source ? SOURCE_PROGRAM : BUILT_PROGRAM,
    clock: await RecorderClock.calibrate(),
    report,
    runs: values.runs === undefined ? undefined : Number(values.runs),
    seed: Number(values.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]),
  };
  const settings = numbers(values.timeouts).flatMap((seconds) =>
    numbers(values.servers).map((servers) => ({ sessionTimeoutMs: seconds * 1000, servers }))
  );
  const names = positionals.length > 0 ? positionals : Object.keys(PARTS);
  const jobs = names.flatMap((name) =>
    settings.flatMap((setting) => PARTS[name]!(campaign, setting))
  ).filter(({ title }) => title.includes(values.only));
  await runJobs(jobs, Number(values.parallel), report);
  console.log(`\n${report.table}\n\n${report.passed} passed, ${report.failed} failed`);
  return report.failed > 0 ? 1 : 0;
}

function readArguments() {
  const parallel = Math.max(1, navigator.hardwareConcurrency - 1);
  return parseArgs({
    args: Deno.args,
    allowPositionals: true,
    options: {
      timeouts: { type: "string", default: "2,10" },
      servers: { type: "string", default: "1,3" },
      only: { type: "string", default: "" },
      runs: { type: "string" },
      seed: { type: "string" },
      parallel: { type: "string", default: String(parallel) },
      source: { type: "boolean" },
      help: { type: "boolean" },
    },
  });
}

function numbers(list: string): number[] {
  return list.split(",").map(Number);
}

Deno.exit(await main());
