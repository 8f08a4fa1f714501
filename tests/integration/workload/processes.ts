/** True for a process that can still run; a zombie cannot. */
export async function isAlive(pid: number): Promise<boolean> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => undefined);
  const state = stat?.slice(stat.lastIndexOf(")") + 2)[0];
  return state !== undefined && state !== "Z" && state !== "X";
}

/** Of these processes, those that can still run. */
export async function alive(pids: readonly number[]): Promise<number[]> {
  const states = await Promise.all(pids.map(isAlive));
  return pids.filter((_, index) => states[index]);
}

/** Every process with this entry, and no other, among its environment. */
export async function withEnvironment(entry: string): Promise<number[]> {
  const found: number[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const environment = await Deno.readTextFile(`/proc/${name}/environ`).catch(() => "");
    if (environment.split("\0").includes(entry)) found.push(Number(name));
  }
  return found;
}

/** The children of a process that have this word among their arguments. */
export async function childrenOf(parent: number, word: string): Promise<number[]> {
  const children = await Deno.readTextFile(`/proc/${parent}/task/${parent}/children`);
  const pids = children.trim().split(" ").map(Number);
  const commands = await Promise.all(pids.map((pid) => Deno.readTextFile(`/proc/${pid}/cmdline`)));
  return pids.filter((_, index) => commands[index]!.split("\0").includes(word));
}
