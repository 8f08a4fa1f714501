import { join } from "node:path";
import { delay } from "../../src/async/delay.ts";

/** Of a terminal, so that the text fits into a page. */
const SIZE = ["96", "30"] as const;
const HOST = join(import.meta.dirname!, "host.sh");
const PROJECT = join(import.meta.dirname!, "..", "..");
const NAMESPACES = ["--user", "--map-root-user", "--net", "--uts", "--mount", "--pid", "--fork"];
const START_LIMIT_MS = 10_000;
const LOOK_MS = 50;

/** Two terminals of a host of its own; it ends, with all that runs on it, when this is disposed of. */
export class Terminals implements AsyncDisposable {
  readonly #folder: string;
  readonly #host: Deno.ChildProcess;

  private constructor(folder: string, host: Deno.ChildProcess) {
    this.#folder = folder;
    this.#host = host;
  }

  static async open(): Promise<Terminals> {
    const folder = await Deno.makeTempDir({ prefix: "masterd-recording-" });
    const namespaces = [...NAMESPACES, "--mount-proc", "--kill-child"];
    const words = [...namespaces, HOST, PROJECT, socketIn(folder), ...SIZE];
    const host = new Deno.Command("unshare", { args: words, stdin: "null" }).spawn();
    const terminals = new Terminals(folder, host);
    try {
      await terminals.until("second", (text) => text.startsWith("$"), START_LIMIT_MS);
      return terminals;
    } catch (error) {
      await terminals[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Types a line. */
  async type(window: string, line: string): Promise<void> {
    await this.#tmux("send-keys", "-t", `recording:${window}`, line, "Enter");
  }

  async interrupt(window: string): Promise<void> {
    await this.#tmux("send-keys", "-t", `recording:${window}`, "C-c");
  }

  /** What stands there now; blank lines at the end are left out. */
  async text(window: string): Promise<string> {
    return (await this.#tmux("capture-pane", "-p", "-t", `recording:${window}`)).trimEnd();
  }

  /** Looks until what stands there is what is waited for; `onChange` is told of each text on the way. */
  async until(
    window: string,
    isThere: (text: string) => boolean,
    limitMs: number,
    onChange: (text: string) => void = () => {},
  ): Promise<string> {
    const signal = AbortSignal.timeout(limitMs);
    let last = "";
    while (!signal.aborted) {
      const text = await this.text(window).catch(() => "");
      if (text !== last) onChange(text);
      last = text;
      if (isThere(text)) return text;
      await delay(LOOK_MS, { signal }).catch(() => {});
    }
    throw new Error(
      `In ${limitMs} ms the ${window} terminal did not get there; on it stands:\n${last}`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tmux("wait-for", "-S", "recorded").catch(() => this.#host.kill("SIGKILL"));
    await this.#host.status;
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #tmux(...words: string[]): Promise<string> {
    const args = ["-S", socketIn(this.#folder), ...words];
    const { success, stdout, stderr } = await new Deno.Command("tmux", {
      args,
      signal: AbortSignal.timeout(START_LIMIT_MS),
    }).output();
    const decoder = new TextDecoder();
    if (!success) throw new Error(`tmux ${words[0]}: ${decoder.decode(stderr).trim()}`);
    return decoder.decode(stdout);
  }
}

function socketIn(folder: string): string {
  return `${folder}/tmux`;
}
