/** What can go wrong with one part of a cluster; a part has one fault at a time. */
const FAULTS = {
  daemon: ["crash", "crash-with-guards", "terminate", "freeze"],
  links: ["drop", "hold-requests", "hold-replies", "half-open", "refuse", "reset"],
  server: ["crash", "freeze"],
  "quorum link": ["drop", "hold-requests", "hold-replies"],
} as const;

type Part = keyof typeof FAULTS;

/** A fault of one part during a time, counted from the start of the interleaving. */
export type Step = {
  [P in Part]: {
    part: P;
    /** Which master or server: 0 is the one that leads when the interleaving starts. */
    index: number;
    fault: (typeof FAULTS)[P][number];
    beginMs: number;
    endMs: number;
  };
}[Part];

export interface InterleavingOptions {
  /** A whole number from 0 to `limit - 1`. */
  below: (limit: number) => number;
  masters: number;
  servers: number;
  sessionTimeoutMs: number;
}

const MIN_STEPS = 2;
const MAX_STEPS = 7;
/** In session timeouts: when the last fault begins, and how long a short and a long one lasts. */
const [LAST_BEGIN, SHORT, LONG] = [1, 0.3, 2];

/** Draws faults of several parts that overlap in time. */
export function drawInterleaving(options: InterleavingOptions): Step[] {
  const count = MIN_STEPS + options.below(MAX_STEPS - MIN_STEPS + 1);
  const steps: Step[] = [];
  while (steps.length < count) {
    const step = drawStep(options);
    if (steps.every((other) => !collide(step, other))) steps.push(step);
  }
  return steps.sort((a, b) => a.beginMs - b.beginMs);
}

function drawStep({ below, masters, servers, sessionTimeoutMs }: InterleavingOptions): Step {
  const parts = Object.keys(FAULTS) as Part[];
  const part = parts[below(servers > 1 ? parts.length : parts.length - 1)]!;
  const faults = FAULTS[part];
  const limitMs = sessionTimeoutMs * (below(2) === 0 ? SHORT : LONG);
  const beginMs = below(sessionTimeoutMs * LAST_BEGIN);
  const isOfMaster = part === "daemon" || part === "links";
  return {
    part,
    index: drawIndex(below, isOfMaster ? masters : servers),
    fault: faults[below(faults.length)]!,
    beginMs,
    endMs: beginMs + 1 + below(limitMs),
  } as Step;
}

// What befalls the leader says most.
function drawIndex(below: (limit: number) => number, count: number): number {
  return below(2) === 0 ? 0 : below(count);
}

function collide(step: Step, other: Step): boolean {
  const isSame = step.part === other.part && step.index === other.index;
  return isSame && step.beginMs <= other.endMs && other.beginMs <= step.endMs;
}

/** One line that says what happens. */
export function describe(steps: readonly Step[]): string {
  return steps.map(({ part, index, fault, beginMs, endMs }) =>
    `${part} ${index} ${fault} ${beginMs}-${endMs} ms`
  ).join(", ");
}
