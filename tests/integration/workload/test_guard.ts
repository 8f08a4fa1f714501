import { LatestValue } from "../../../src/async/latest_value.ts";
import {
  decodeReport,
  encodeLine,
  type GuardOrder,
  type GuardReport,
  type RunOrder,
} from "../../../src/workload/guard_protocol.ts";
import { readLines } from "../../../src/workload/lines.ts";
import { fromFileUrl, main, permissions } from "../daemon/source_tree.ts";
import { until } from "../../support/until.ts";
import { withEnvironment } from "./processes.ts";

/** `masterd guard`, with the permissions it has in production. */
export const GUARD: readonly string[] = [
  ...[Deno.execPath(), "run", "--quiet", "--no-prompt", ...permissions],
  ...[fromFileUrl(main), "guard"],
];

// Takes the folders of cgroups out of this process's own view of the host.
const WITHOUT_CGROUP = `
while read -r _ _ _ _ mount rest; do
  case $rest in *' - cgroup2 '*) umount --lazy "$mount" ;; esac
done </proc/self/mountinfo
exec "$@"
`;
const canHide = new Deno.Command("unshare", { args: ["--mount", "true"], stderr: "null" })
  .outputSync().success;

export interface TestGuardOptions {
  /** Programs that run the guard in their place. */
  prefix?: readonly string[];
  args?: readonly string[];
  environment?: Record<string, string>;
}

/** Words before a guard that let it find no cgroup, as most users are let. */
export const withoutCgroup: readonly string[] = canHide
  ? ["unshare", "--mount", "sh", "-c", WITHOUT_CGROUP, "sh"]
  : [];

const DROP_RIGHTS = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

// The project may lie in a folder that is closed to others, such as /root: in a view of its own another
// takes that folder's place, with nothing in it but the project.
const WITH_PROJECT = `
project=$1 && shift
first=\${project#/} && first=/\${first%%/*}
kept=$(mktemp -d) && mount --bind "$project" "$kept"
mount -t tmpfs -o mode=755 tmpfs "$first"
mkdir -p "$project" && mount --move "$kept" "$project" && rmdir "$kept"
exec "$@"
`;

/** Words before a guard that take all rights from it, if this process has more. */
export const asNobody: readonly string[] = dropRights();

function dropRights(): readonly string[] {
  if (Deno.uid() !== 0) return [];
  const project = fromFileUrl(new URL("../../..", import.meta.url)).replace(/\/$/, "");
  const [program, ...args] = [...DROP_RIGHTS, "test", "-r", `${project}/main.ts`];
  if (new Deno.Command(program!, { args }).outputSync().success) return DROP_RIGHTS;
  if (!canHide) return [];
  return ["unshare", "--mount", "sh", "-e", "-c", WITH_PROJECT, "sh", project, ...DROP_RIGHTS];
}

type ReportOf<K extends GuardReport["kind"]> = Extract<GuardReport, { kind: K }>;

/** A guard with the test in the place of its daemon. */
export class TestGuard implements AsyncDisposable {
  readonly folder: string;
  #id = "";
  readonly #child: Deno.ChildProcess;
  readonly #orders: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reports = new LatestValue<readonly GuardReport[]>([]);
  readonly #errors: Promise<string>;
  #questions = 0;
  readonly #reading: Promise<void>;

  static async start(options: TestGuardOptions = {}): Promise<TestGuard> {
    const folder = await Deno.makeTempDir({ prefix: "masterd_guard_" });
    await Deno.chmod(folder, 0o777);
    const guard = new TestGuard(folder, options);
    guard.#id = (await guard.report("ready")).workloadId;
    return guard;
  }

  private constructor(folder: string, options: TestGuardOptions) {
    this.folder = folder;
    const [program, ...args] = [...options.prefix ?? [], ...GUARD, ...options.args ?? []];
    this.#child = new Deno.Command(program!, {
      args,
      env: options.environment,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      detached: true,
    }).spawn();
    this.#orders = this.#child.stdin.getWriter();
    this.#errors = new Response(this.#child.stderr).text();
    this.#reading = this.#read();
  }

  /** What its command carries as MASTERD_WORKLOAD_ID. */
  get id(): string {
    return this.#id;
  }

  get pid(): number {
    return this.#child.pid;
  }

  get logFile(): string {
    return `${this.folder}/command.log`;
  }

  get reports(): readonly GuardReport[] {
    return this.#reports.value;
  }

  get ended(): Promise<Deno.CommandStatus> {
    return this.#child.status;
  }

  /** All that the guard logged, once it has ended. */
  get errors(): Promise<string> {
    return this.#errors;
  }

  async say(line: string): Promise<void> {
    await this.#orders.write(new TextEncoder().encode(line));
  }

  order(order: GuardOrder): Promise<void> {
    return this.say(encodeLine(order));
  }

  /** Runs a script of the shell, or the words of a command. */
  run(command: string | readonly string[], more: Partial<RunOrder> = {}): Promise<void> {
    return this.order({
      kind: "run",
      command: typeof command === "string" ? ["sh", "-c", command] : command,
      environment: {},
      logFile: this.logFile,
      logMaxBytes: 1_000_000,
      logKept: 2,
      deadline: null,
      stopGraceMs: 0,
      ...more,
    });
  }

  /** So many milliseconds from now, by the guard's clock. */
  async later(ms: number): Promise<number> {
    const id = this.#questions++;
    await this.order({ kind: "clock", id });
    return (await this.#find((report): report is ReportOf<"clock"> =>
      report.kind === "clock" && report.id === id
    )).now + ms;
  }

  /** The first report of this kind, past or to come. */
  report<K extends GuardReport["kind"]>(kind: K): Promise<ReportOf<K>> {
    return this.#find((report): report is ReportOf<K> => report.kind === kind);
  }

  async #find<R extends GuardReport>(matches: (report: GuardReport) => report is R): Promise<R> {
    const signal = AbortSignal.timeout(20_000);
    try {
      const reports = await this.#reports.until((list) => list.some(matches), { signal });
      return reports.find(matches)!;
    } catch (cause) {
      throw new Error(`Not the awaited report, only ${Deno.inspect(this.reports)}`, { cause });
    }
  }

  /** What the command wrote so far, once the pattern is in it. */
  output(pattern: RegExp): Promise<string> {
    return until(() => Deno.readTextFile(this.logFile), (text) => pattern.test(text));
  }

  /** The process ids that the command wrote as `NAME=PID` lines, once all of the names are there. */
  async pids(...names: readonly string[]): Promise<number[]> {
    const places = names.map((name) => new RegExp(`^${name}=(\\d+)$`, "m"));
    const text = await until(
      () => Deno.readTextFile(this.logFile),
      (text) => places.every((place) => place.test(text)),
    );
    return places.map((place) => Number(place.exec(text)![1]));
  }

  /** The processes that carry the mark of this workload. */
  marked(): Promise<number[]> {
    return withEnvironment(`MASTERD_WORKLOAD_ID=${this.id}`);
  }

  signal(name: Deno.Signal): void {
    this.#child.kill(name);
  }

  /** Ends the guard's input, as the daemon's death does. */
  closeInput(): Promise<void> {
    return this.#orders.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.signal("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#reading;
    await this.#errors;
    await this.ended;
    await this.#orders.abort().catch(() => {});
    // What stood by for the guard kills the command now.
    try {
      await until(() => this.marked(), (pids) => pids.length === 0);
    } finally {
      await Deno.remove(this.folder, { recursive: true });
    }
  }

  async #read(): Promise<void> {
    for await (const line of readLines(this.#child.stdout)) {
      this.#reports.set([...this.#reports.value, decodeReport(line)]);
    }
  }
}
