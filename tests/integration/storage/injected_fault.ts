import { until } from "../../support/until.ts";

/** What strace makes of calls to the system. */
export interface InjectedFault {
  /** The call, `fsync`. */
  call: string;
  /** `error=EIO`. */
  effect: string;
  /** Only calls that concern this very file. */
  path?: string;
}

/** Whether this user may trace processes; a test that is left out says in its name why. */
export const canTrace = mayTrace();

/** Starts a process some of whose calls fail. */
export function traced(fault: InjectedFault): string[] {
  return ["strace", "--seccomp-bpf", ...injection(fault)];
}

/**
 * Starts a process that is held in some of its calls until `release`. Without the filter that spares
 * other calls the stop: it would stay behind, and fail them once nobody traces.
 */
export function held(fault: Omit<InjectedFault, "effect">): string[] {
  return ["strace", ...injection({ ...fault, effect: "delay_enter=3600s" })];
}

/** Lets a process that is held go on, untraced; nothing happens if it is not. */
export async function release(pid: number): Promise<void> {
  const tracer = await tracerOf(pid);
  if (tracer === 0) return;
  Deno.kill(tracer, "SIGKILL");
  await until(() => tracerOf(pid), (left) => left === 0);
}

async function tracerOf(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`).catch(() => "");
  return Number(/^TracerPid:\s*(\d+)$/m.exec(status)?.[1] ?? 0);
}

function injection({ call, effect, path }: InjectedFault): string[] {
  const only = path === undefined ? [] : ["-P", path];
  const quiet = ["-D", "-f", "-qqq", "-o", "/dev/null", "-e", `trace=${call}`];
  return [...quiet, ...only, "-e", `inject=${call}:${effect}`, "--"];
}

function mayTrace(): boolean {
  const args = ["-o", "/dev/null", "true"];
  try {
    return new Deno.Command("strace", { args, stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}
