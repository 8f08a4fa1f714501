import { Sweeper } from "./sweeper.ts";
import { isCgroupOf, isWorkloadId } from "./workload_id.ts";

/** A workload whose guard may be dead. */
export interface SweptWorkload {
  /** The MASTERD_WORKLOAD_ID that its processes carry. */
  id: string;
  /** The folder of its cgroup, as the guard reported it. */
  cgroup?: string;
}

/**
 * Kills every process that is left of a workload, for about two seconds if it must; `left` tells
 * what it could not kill. A process without the workload's mark is never touched.
 */
export async function sweep(
  workload: SweptWorkload,
  options: { signal?: AbortSignal } = {},
): Promise<{ killed: number; left: number }> {
  const { id, cgroup } = workload;
  const { signal } = options;
  if (!isWorkloadId(id)) throw new TypeError(`Not the id of a workload: ${JSON.stringify(id)}`);
  signal?.throwIfAborted();
  await using sweeper = new Sweeper();
  const abort = () => sweeper.abort();
  signal?.addEventListener("abort", abort, { once: true });
  try {
    await sweeper.adopt(id, isCgroupOf(id, cgroup) ? cgroup : undefined);
    const { killed, left } = await sweeper.kill();
    if (left === undefined) throw new Error(`Cannot search the processes for workload ${id}`);
    // It would go on trying for a minute; whoever calls decides about that.
    if (left > 0) sweeper.abort();
    return { killed, left };
  } catch (error) {
    sweeper.abort();
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}
