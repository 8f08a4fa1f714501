import { withLimit } from "../async/abortable.ts";
import type { Logger } from "../log/logger.ts";
import type { CommandEnd } from "./command_end.ts";
import type { GuardSystem } from "./guard_system.ts";
import type { SweptWorkload } from "./sweep.ts";

/** Kills in the place of a guard what is left of its command; never rejects. */
export async function killLeftovers(
  workload: SweptWorkload,
  options: { system: GuardSystem; logger: Logger },
): Promise<Pick<CommandEnd, "leftovers" | "isGone">> {
  const { system, logger } = options;
  try {
    const { left } = await withLimit(
      (signal) => system.sweep(workload, { signal }),
      { act: "Killing what is left of the command", timeoutMs: system.limits.sweepMs },
    );
    if (left > 0) logger.error("processes of the command cannot be killed", { left });
    return { leftovers: left, isGone: left === 0 };
  } catch (error) {
    logger.error("could not look for processes of the command", { error: error as Error });
    return { leftovers: 0, isGone: false };
  }
}
