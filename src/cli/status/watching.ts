import { delay } from "../../async/delay.ts";
import type { CommandContext } from "../command_context.ts";
import { LiveScreen } from "../screen.ts";
import { type Style, styleFor } from "../style.ts";
import type { ClusterLook } from "./cluster_look.ts";
import { type Findings, formatJson, formatTables, sentence } from "./report.ts";
import { lookOnce } from "./waiting.ts";

/** From the end of a look to the next one. */
const PAUSE_MS = 1000;

export interface WatchingOptions {
  isJson: boolean;
  context: Pick<CommandContext, "print" | "output" | "screen" | "environment">;
  signal: AbortSignal;
  pauseMs?: number;
}

/** Shows how it stands until the signal aborts, or nobody reads any more. */
export async function watchCluster(
  cluster: Pick<ClusterLook, "look">,
  options: WatchingOptions,
): Promise<void> {
  const { context: { screen, print }, isJson, signal } = options;
  if (screen === undefined || isJson) return await writeLines(cluster, options);
  const style = styleFor(options.context);
  let last: readonly string[] = [];
  {
    using live = new LiveScreen(screen);
    for await (const findings of looks(cluster, options)) {
      last = pictureLines(findings, style);
      live.show(last);
    }
  }
  // The last picture stays behind, as of a command that ended.
  if (last.length > 0 && signal.aborted) print(last.join("\n"));
}

async function* looks(
  cluster: Pick<ClusterLook, "look">,
  { signal, pauseMs = PAUSE_MS }: WatchingOptions,
): AsyncGenerator<Findings, void, void> {
  try {
    while (true) {
      yield await lookOnce(cluster, { signal });
      await delay(pauseMs, { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** A line for each change, with its time: for files and other programs. */
async function writeLines(
  cluster: Pick<ClusterLook, "look">,
  options: WatchingOptions,
): Promise<void> {
  const { context: { output }, isJson } = options;
  const encoder = new TextEncoder();
  let last: string | undefined;
  for await (const findings of looks(cluster, options)) {
    const line = isJson ? formatJson(findings) : changeLine(findings);
    const key = isJson ? withoutLeases(line) : line;
    if (key === last) continue;
    last = key;
    const dated = isJson ? line : `${new Date().toISOString()} ${line}`;
    if (!await output.write(encoder.encode(`${dated}\n`))) return;
  }
}

/** A lease that is renewed is no change. */
function withoutLeases(document: string): string {
  return document.replace(/"leaseLeftMs":\d+/g, '"leaseLeftMs":0');
}

/** All that matters in one line. */
function changeLine({ picture, problems }: Findings): string {
  const messages = problems.map(({ message }) => message);
  return [sentence(picture), ...messages].join("; ");
}

function pictureLines(findings: Findings, style: Style): string[] {
  const { problems, notes } = findings;
  const time = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  return [
    style.faint(`masterd status, ${time}; Ctrl-C ends`),
    "",
    ...formatTables(findings, style).split("\n"),
    ...(problems.length === 0 ? [] : [""]),
    ...problems.map(({ message }) => style.bad(message)),
    ...notes.map((note) => style.doubtful(`note: ${note}`)),
  ];
}
