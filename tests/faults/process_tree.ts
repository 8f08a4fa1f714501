/** The processes below this one, nearest first, that are alive now. */
export function descendants(pid: number): number[] {
  const children = childrenOf(pid);
  return [...children, ...children.flatMap(descendants)];
}

/** The children of a process whose words hold this one. */
export function childrenWithWord(pid: number, word: string): number[] {
  return childrenOf(pid).filter((child) => wordsOf(child).includes(word));
}

/** Sends a signal; nothing happens if the process has already ended. */
export function signalProcess(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Whether the process is over, and whoever started it knows. */
export function isGone(pid: number): boolean {
  return namesIn(`/proc/${pid}`).length === 0;
}

// A child belongs to the thread that started it.
function childrenOf(pid: number): number[] {
  const threads = namesIn(`/proc/${pid}/task`);
  const lists = threads.map((thread) => textOf(`/proc/${pid}/task/${thread}/children`));
  return lists.flatMap((list) => list.split(" ").filter((text) => text !== "").map(Number));
}

/** The command line of a process; none if it is gone. */
export function wordsOf(pid: number): string[] {
  return textOf(`/proc/${pid}/cmdline`).split("\0");
}

// What is gone has no children and no words.
function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch {
    return [];
  }
}
