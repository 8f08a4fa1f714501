/** What strace makes of calls to the system. */
export interface InjectedFault {
  /** The call, `fsync`. */
  call: string;
  /** `error=EIO`, `delay_enter=1s`. */
  effect: string;
  /** Only calls that concern this very file. */
  path?: string;
}

/** Whether this user may trace processes; a test that is left out says in its name why. */
export const canTrace = mayTrace();

/** Starts a process some of whose calls fail, or take long. */
export function traced({ call, effect, path }: InjectedFault): string[] {
  const inject = `inject=${call}:${effect}`;
  const only = path === undefined ? [] : ["-P", path];
  const quiet = ["-D", "-f", "-qqq", "--seccomp-bpf", "-o", "/dev/null", "-e", `trace=${call}`];
  return ["strace", ...quiet, ...only, "-e", inject, "--"];
}

function mayTrace(): boolean {
  const args = ["-o", "/dev/null", "true"];
  try {
    return new Deno.Command("strace", { args, stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}
