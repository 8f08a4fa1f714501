import type { Bytes } from "../../storage/storage.ts";
import type { StateRun } from "./run.ts";

/** Shows how far long work has come. */
export interface Progress extends Disposable {
  /** In bytes. */
  update(done: number, total: number): void;
}

const SILENT: Progress = { update: () => {}, [Symbol.dispose]: () => {} };

/** A bar for people in front of a terminal; nothing for programs. */
export async function openProgress(
  title: string,
  { context: { terminal }, isJson }: Pick<StateRun, "context" | "isJson">,
): Promise<Progress> {
  if (terminal === undefined || isJson) return SILENT;
  const { ProgressBar } = await import("./progress_bar.ts");
  return new ProgressBar(title, terminal);
}

/** The content, whose progress is shown while it passes; unless it is not known how long it is. */
export async function* showing(
  content: Bytes,
  { progress, total }: { progress: Progress; total: number | undefined },
): AsyncGenerator<Uint8Array, void, void> {
  let done = 0;
  for await (const piece of content) {
    done += piece.length;
    if (total !== undefined) progress.update(done, total);
    yield piece;
  }
}
