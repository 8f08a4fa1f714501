import { appendFile, symlink, writeFile } from "node:fs/promises";
import {
  fakeSsh,
  Installation,
  lines,
  loginEnvironment,
  type Outcome,
  textLines,
} from "./installation.ts";

/** A call of the stand-in for ssh that begins or ends. */
export interface SshEvent {
  kind: string;
  host: string;
  pid: number;
}

/** An installation whose other hosts are reached by the stand-in for ssh. */
export class SshCluster implements AsyncDisposable {
  readonly #installation: Installation;
  readonly #environment: Record<string, string>;
  readonly calls: () => Promise<string[]>;

  private constructor(installation: Installation, ssh: Awaited<ReturnType<typeof fakeSsh>>) {
    this.#installation = installation;
    this.#environment = ssh.environment;
    this.calls = ssh.calls;
  }

  static async create(
    { masters, workers = [], name }: { masters: string[]; workers?: string[]; name?: string },
  ): Promise<SshCluster> {
    const installation = await Installation.create(name);
    await installation.answer({ masters: lines(...masters), workers: lines(...workers) });
    return new SshCluster(installation, await fakeSsh(installation));
  }

  get installation(): Installation {
    return this.#installation;
  }

  run(script: string, args: string[] = [], environment = {}): Promise<Outcome> {
    return this.#installation.run(script, args, {
      environment: { ...this.#environment, ...environment },
    });
  }

  /** Starts a script that is to be interrupted. */
  spawn(script: string, environment: Record<string, string> = {}): Deno.ChildProcess {
    return new Deno.Command(this.#installation.path("bin", script), {
      clearEnv: true,
      env: loginEnvironment({ ...this.#environment, ...environment }),
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  }

  async events(): Promise<SshEvent[]> {
    return (await textLines(this.#file("events"))).map((line) => {
      const [kind, host, pid] = line.split(" ") as [string, string, string];
      return { kind, host, pid: Number(pid) };
    });
  }

  /** Lets the hosts named "slow..." begin. */
  open(): Promise<void> {
    return writeFile(this.#file("open"), "");
  }

  /** Lets ssh fail with this text. */
  fail(host: string, text: string): Promise<void> {
    return writeFile(this.#file(`error-${host}`), text);
  }

  /** Lets a host have the installation elsewhere. */
  moveHome(host: string, home: string): Promise<void> {
    return symlink(home, this.#file(`home-${host}`));
  }

  /** Adds to what login shells of the other hosts do first. */
  addToProfile(text: string): Promise<void> {
    return appendFile(this.#installation.path("fake", ".bash_profile"), lines(text));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#installation[Symbol.asyncDispose]();
  }

  #file(name: string): string {
    return `${this.#environment["FAKE_SSH_CALLS"]!}-${name}`;
  }
}
