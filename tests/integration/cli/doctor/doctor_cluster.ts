import type { ClusterFacts } from "../../../../src/daemon/doctor/facts.ts";
import type { Verdict } from "../../../../src/daemon/doctor/verdict.ts";
import { until } from "../../../support/until.ts";
import { StatusCluster } from "../status_cluster.ts";

/** What `masterd doctor --json` said. */
export interface DoctorJson {
  code: number;
  isWell: boolean;
  verdict: Verdict;
  findings: readonly Verdict[];
  prospect: Verdict | null;
  facts: ClusterFacts;
}

/** Runs the doctor of an installation. */
export async function doctor(
  { home }: Pick<StatusCluster, "home">,
  ...args: string[]
): Promise<DoctorJson> {
  const process = home.start("doctor", "--json", ...args);
  const { code } = await process.ends({ limitMs: 40_000 });
  const line = process.lines.find(({ from }) => from === "stdout");
  if (line === undefined) throw new Error(`No JSON, but exit code ${code}: ${process.text}`);
  return { code, ...JSON.parse(line.text) };
}

/** The same, again and again until it finds this. */
export async function doctorFinds(
  cluster: Pick<StatusCluster, "home">,
  name: string,
  ...args: string[]
): Promise<DoctorJson> {
  return await until(
    () => doctor(cluster, ...args),
    ({ findings }) => findings.some((finding) => finding.name === name),
    { limitMs: 30_000 },
  );
}

/** Names of all that was found. */
export function namesOf({ findings }: DoctorJson): string[] {
  return findings.map(({ name }) => name);
}
