import { cp, lstat, mkdir, readFile, readlink, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Installation, lines, loginEnvironment, type Outcome } from "./installation.ts";

const fixtures = join(import.meta.dirname!, "fixtures");
const bin = join(import.meta.dirname!, "..", "..", "bin");
const PARTS = ["lock", "survey", "stage", "adoption", "versions", "remote"];

/** An installation and the hosts to which it is deployed, each with a folder of its own. */
export class Deployment implements AsyncDisposable {
  private constructor(readonly source: Installation) {}

  static async create(...hosts: string[]): Promise<Deployment> {
    const source = await Installation.create("a home");
    const deployment = new Deployment(source);
    await mkdir(deployment.path("fake"), { recursive: true });
    await mkdir(deployment.path("hosts"));
    await cp(join(fixtures, "ssh-elsewhere"), deployment.path("fake", "ssh"));
    const settings = await readFile(source.path("conf", "answers", "script-env"), "utf8");
    await source.answer({
      "script-env": `${settings}version\t1.0.0\n`,
      masters: lines("localhost\t8081\tlocal\t-\t-"),
      workers: lines(...hosts.map((host) => `${host}\tremote\t-\t-`)),
    });
    return deployment;
  }

  /** A path beside the installation. */
  path(...names: string[]): string {
    return join(this.source.home, "..", ...names);
  }

  /** A path in the installation of a host. */
  on(host: string, ...names: string[]): string {
    return this.path("hosts", host, "home", ...names);
  }

  async write(name: string, text: string): Promise<void> {
    await writeFile(this.source.path(name), text);
  }

  get environment(): Record<string, string> {
    return {
      PATH: `${this.path("fake")}:${Deno.env.get("PATH")}`,
      HOME: this.path("fake"),
      FAKE_HOME: this.source.home,
      FAKE_HOSTS: this.path("hosts"),
    };
  }

  run(...args: string[]): Promise<Outcome> {
    return this.source.run("deploy-cluster.sh", args, { environment: this.environment });
  }

  /** The script in the background. */
  begin(): Deno.ChildProcess {
    return new Deno.Command(this.source.path("bin", "deploy-cluster.sh"), {
      clearEnv: true,
      env: loginEnvironment(this.environment),
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  /** The program that runs on a host, to be talked to by the test. */
  async program(host: string, { verb = "deploy", id = "1.0.0-test" } = {}): Promise<Conversation> {
    const texts = PARTS.map((part) => readFile(join(bin, "lib", `deploy-${part}.sh`), "utf8"));
    const program = (await Promise.all(texts)).join("\n");
    return new Conversation(
      new Deno.Command("bash", {
        args: ["--norc", "-c", program, "program", verb, this.on(host), id, "of the test", "60"],
        clearEnv: true,
        env: loginEnvironment(),
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      }).spawn(),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Whatever waits for it goes on, and ends.
    await writeFile(this.path("hosts", "go"), "");
    await this.source[Symbol.asyncDispose]();
  }
}

/** What is said to the program, and how it ends. */
export class Conversation implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: ReadableStreamDefaultReader<string>;
  readonly #errors: Promise<string>;
  #heard = "";

  constructor(process: Deno.ChildProcess) {
    this.#process = process;
    this.#input = process.stdin.getWriter();
    this.#output = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
    this.#errors = new Response(process.stderr).text();
  }

  async say(text: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(text));
  }

  /** Reads until the program has said this. */
  async hear(text: string): Promise<void> {
    while (!this.#heard.includes(text)) {
      const { value, done } = await this.#output.read();
      if (done) throw new Error(`It ended without saying ${text}: ${await this.#errors}`);
      this.#heard += value;
    }
  }

  /** Ends the connection. */
  async end(): Promise<{ code: number; errors: string }> {
    await this.#input.close().catch(() => {});
    while (!(await this.#output.read()).done);
    const { code } = await this.#process.status;
    return { code, errors: await this.#errors };
  }

  async crash(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}

/** The permission bits of a file. */
export async function modeOf(file: string): Promise<string> {
  return ((await stat(file)).mode & 0o7777).toString(8);
}

/** Two paths of one file. */
export async function isOneFile(one: string, other: string): Promise<boolean> {
  return (await stat(one)).ino === (await stat(other)).ino;
}

/** Where a link leads to; undefined without one. */
export async function target(link: string): Promise<string | undefined> {
  return await readlink(link).catch(() => undefined);
}

/** Whether there is anything of this name. */
export async function exists(path: string): Promise<boolean> {
  return await lstat(path).then(() => true, () => false);
}
