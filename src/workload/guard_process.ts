/** A guard process as the daemon sees it. */
export interface GuardProcess extends Pick<Deno.ChildProcess, "pid" | "stdin" | "status" | "kill"> {
  readonly stdout: ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** Starts a guard that waits for its orders. It outlives this process for as long as it has work. */
export function spawnGuard(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): GuardProcess {
  const [program, ...args] = words;
  if (program === undefined) throw new TypeError("Cannot start a guard: no program is given");
  return new Deno.Command(program, {
    args,
    env: environment,
    // In a session of its own: what is sent to the daemon's group or terminal does not reach it.
    detached: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}
