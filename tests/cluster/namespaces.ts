/** Who may make hosts on this machine, and as whom they are used. */
export interface Rights {
  /** For `unshare`, before the namespaces themselves. */
  flags: readonly string[];
  /** Who uses the hosts: an ordinary user has no other to offer than himself. */
  user: "root" | "user";
}

const ROOT: Rights = { flags: [], user: "root" };
const ORDINARY: Rights = { flags: ["--user", "--map-root-user"], user: "user" };
const CAN_MAKE_HOSTS = new URL("can_make_hosts.sh", import.meta.url).pathname;
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const PATH = `${Deno.env.get("PATH")}:/usr/sbin:/sbin`;

/** Of whoever runs this; undefined: the kernel lets this user make no namespaces. */
export const rights: Rights | undefined = [ROOT, ORDINARY].find(isGranted);

/** For the names of tests that are left out. */
export const whyNot = rights ? "" : " (left out: this user may not make network namespaces)";

/** The words that start a program in new namespaces of these kinds. */
export function unshare(...kinds: string[]): string[] {
  return ["unshare", ...(rights?.flags ?? []), ...kinds, "--"];
}

/** The words that start a program as root of the namespaces that a process is in. */
export function enter(pid: number, ...kinds: string[]): string[] {
  const user = rights === ORDINARY ? ["--user"] : [];
  return ["nsenter", "--preserve-credentials", "--target", String(pid), ...user, ...kinds, "--"];
}

/** Runs a program to its end, with the folders of system programs on PATH. */
export async function output(
  [program, ...args]: readonly string[],
  options: { input?: string; limitMs?: number } = {},
): Promise<{ code: number; text: string; errors: string }> {
  const { input = "", limitMs = 10_000 } = options;
  const child = new Deno.Command(program!, {
    args,
    env: { PATH },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const written = writer.write(encoder.encode(input)).then(() => writer.close()).catch(() => {});
  using limit = limitOf(program!, limitMs);
  // Without the limit it would be for ever, should a process be left that holds the output open.
  const [{ code, stdout, stderr }] = await Promise.race([
    Promise.all([child.output(), written]),
    limit.passed,
  ]);
  return { code, text: decoder.decode(stdout), errors: decoder.decode(stderr) };
}

/** Runs a program that is not expected to fail. */
export async function success(
  words: readonly string[],
  options: { input?: string } = {},
): Promise<void> {
  const { code, errors } = await output(words, options);
  if (code !== 0) throw new Error(`Cannot run ${words.join(" ")}: exit code ${code}, ${errors}`);
}

function limitOf(program: string, limitMs: number) {
  const passed = Promise.withResolvers<never>();
  const error = new Error(`${program} has not ended after ${limitMs} ms`);
  const timer = setTimeout(() => passed.reject(error), limitMs);
  return { passed: passed.promise, [Symbol.dispose]: () => clearTimeout(timer) };
}

function isGranted({ user }: Rights): boolean {
  const { success } = new Deno.Command(CAN_MAKE_HOSTS, {
    args: [user],
    stdout: "null",
    stderr: "null",
  }).outputSync();
  return success;
}
