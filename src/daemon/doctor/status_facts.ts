import type { CommandFacts } from "./facts.ts";

/** What a master says of its command, of this version or another; undefined if it says nothing. */
export function commandFacts(status: unknown): CommandFacts | undefined {
  const { kind, restarts, lastEnd, reason } = fields(status);
  if (!isText(kind)) return undefined;
  const end = endText(fields(lastEnd));
  return {
    kind,
    ...(typeof restarts === "number" ? { restarts } : {}),
    ...(end === undefined ? {} : { lastEnd: end }),
    ...(isText(reason) ? { reason } : {}),
  };
}

/** Why the state that a master keeps is not well; undefined if it is, or none is kept. */
export function stateProblem(status: unknown): string | undefined {
  const { kind, lastError, brokenCount } = fields(status);
  if (kind !== "degraded") return undefined;
  if (isText(lastError)) return lastError;
  return typeof brokenCount === "number" && brokenCount > 0
    ? `${brokenCount} of its entries ${brokenCount === 1 ? "is" : "are"} broken`
    : "it is degraded";
}

/** How a command ended, in words. */
function endText({ cause, code, signal, error }: Record<string, unknown>): string | undefined {
  if (isText(error)) return error;
  if (isText(signal)) return `killed by ${signal}`;
  if (typeof code === "number") return `exit code ${code}`;
  return isText(cause) ? cause : undefined;
}

/** Of an object; none of anything else. */
export function fields(value: unknown): Record<string, unknown> {
  const isObject = typeof value === "object" && value !== null;
  return isObject ? value as Record<string, unknown> : {};
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
