/** Whose cluster lies at a node. */
export type ClusterKind = "masterd" | "flink";

const JOB_ID = /^[0-9a-f]{32}$/;
const COMPONENT = "(?:dispatcher|resource_manager|rest_server)";

/**
 * The nodes of a cluster, and what one of them must have below it to be believed: a cluster may well
 * have the id `jobs`. They are masterd's own, and those of Flink up to 1.13, of 1.14 and since 1.15.
 */
const PARTS: ReadonlyMap<string, RegExp> = new Map([
  ["masterd", /^(?:masters|state|switchover)$/],
  ["leader", new RegExp(`^(?:latch|${COMPONENT}(?:_lock)?)$`)],
  ["leaderlatch", new RegExp(`^${COMPONENT}_lock$`)],
  ["jobs", JOB_ID],
  ["jobgraphs", JOB_ID],
  ["execution-plans", JOB_ID],
  ["checkpoints", JOB_ID],
  ["checkpoint-counter", JOB_ID],
  ["running_job_registry", JOB_ID],
]);

/** The children of a node that may be parts of a cluster there; their own children tell. */
export function possibleParts(children: readonly string[]): string[] {
  return children.filter((name) => PARTS.has(name));
}

/** Whether a child with this name and these children is a part of a cluster. */
export function isPart(name: string, children: readonly string[]): boolean {
  return children.some((child) => PARTS.get(name)?.test(child));
}

/** Whose cluster has these parts; undefined if there are none. */
export function kindOf(parts: ReadonlySet<string>): ClusterKind | undefined {
  if (parts.has("masterd")) return "masterd";
  return parts.size > 0 ? "flink" : undefined;
}
