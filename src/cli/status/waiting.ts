import { delay } from "../../async/delay.ts";
import type { Terminal } from "../byte_streams.ts";
import type { ClusterLook, LookOptions } from "./cluster_look.ts";
import { mayPass, notesOf, problemsOf } from "./problems.ts";
import type { Findings } from "./report.ts";

/** How long anybody who is asked may take. */
const LOOK_LIMIT_MS = 5000;
/** The same, while others may have come meanwhile. */
const SHORT_LIMIT_MS = 2000;
/** Enough for an answer, also where little time is left. */
const LEAST_LIMIT_MS = 1000;
const PAUSE_MS = 400;
const USUAL_COLUMNS = 80;

type Looking = Pick<ClusterLook, "look">;

/** Looks once, or a second time if leadership may have changed while it looked. */
export async function lookOnce(
  cluster: Looking,
  { signal }: { signal: AbortSignal },
): Promise<Findings> {
  const options = { limitMs: LOOK_LIMIT_MS, signal };
  const first = await findingsOf(cluster, options);
  if (!mayPass(first.problems)) return first;
  await delay(PAUSE_MS, { signal });
  return await findingsOf(cluster, options);
}

/** Looks again and again until all is well, or the time is up; gives the last findings. */
export async function lookUntilWell(
  cluster: Looking,
  { waitMs, onFindings, signal }: {
    waitMs: number;
    /** Told of each look after which it goes on. */
    onFindings: (findings: Findings) => void;
    signal: AbortSignal;
  },
): Promise<Findings> {
  const deadline = performance.now() + waitMs;
  const leftMs = () => deadline - performance.now();
  while (true) {
    const limitMs = Math.max(LEAST_LIMIT_MS, Math.min(SHORT_LIMIT_MS, leftMs()));
    const findings = await findingsOf(cluster, { limitMs, signal });
    if (findings.problems.length === 0 || leftMs() <= 0) return findings;
    onFindings(findings);
    await delay(Math.min(PAUSE_MS, leftMs()), { signal });
  }
}

async function findingsOf(cluster: Looking, options: LookOptions): Promise<Findings> {
  const picture = await cluster.look(options);
  return { picture, problems: problemsOf(picture), notes: notesOf(picture) };
}

/** One line on a terminal that says what is missing, and goes when this is disposed of. */
export class WaitingLine implements Disposable {
  readonly #terminal: Terminal | undefined;
  #isShown = false;

  constructor(terminal: Terminal | undefined) {
    this.#terminal = terminal;
  }

  show({ problems: [first, ...more] }: Findings): void {
    if (this.#terminal === undefined || first === undefined) return;
    const rest = more.length === 0 ? "" : ` (and ${more.length} more)`;
    // A terminal that does not know its width says 0.
    const room = (this.#terminal.columns || USUAL_COLUMNS) - rest.length - 1;
    const text = `waiting: ${first.message}`;
    const cut = text.length > room ? `${text.slice(0, Math.max(0, room - 1))}…` : text;
    this.#terminal.write(`\r\x1b[2K${cut}${rest}`);
    this.#isShown = true;
  }

  [Symbol.dispose](): void {
    if (this.#isShown) this.#terminal?.write("\r\x1b[2K");
  }
}
