/** True for what may name a workload: it stands in a pattern of grep and in the name of a folder. */
export function isWorkloadId(value: unknown): value is string {
  return typeof value === "string" && /^[A-Za-z0-9_][A-Za-z0-9_-]*$/.test(value);
}

/**
 * True for a folder that only this workload's guard can have made its cgroup. All in it is killed, so
 * a folder that merely once had its name must not do.
 */
export function isCgroupOf(id: string, folder: string | undefined): folder is string {
  return folder !== undefined && folder.startsWith("/") && folder.endsWith(`/masterd-${id}`) &&
    !folder.includes("\n");
}
