import { TestProcess } from "../../tests/support/process.ts";
import type { Amounts, RoundFigures } from "../workloads.ts";

const PACKAGE = "zookeeper@7.2.0";
const FOLDER = new URL("../../.tools/bench", import.meta.url).pathname;
const INSTALL_LIMIT_MS = 5 * 60_000;
const ROUND_LIMIT_MS = 60_000;

/** The npm package zookeeper (an addon around ZooKeeper's C client), in a process of Node. */
export class NativeClient implements AsyncDisposable {
  readonly #node: TestProcess;

  /**
   * Installs the package where it is missing, which compiles it, and connects.
   * @throws {Error} saying what this machine lacks
   */
  static async start(address: string): Promise<NativeClient> {
    if (!await isInstalled()) await install();
    const program = `${FOLDER}/native_process.mjs`;
    const source = new URL("./native_process.ts", import.meta.url).pathname;
    await run(Deno.execPath(), ["bundle", "--quiet", "-o", program, source]);
    const node = TestProcess.start("node", { args: [program, address] });
    try {
      await node.waitForLine((text) => text === "ready");
    } catch (error) {
      await node.kill();
      throw error;
    }
    return new NativeClient(node);
  }

  private constructor(node: TestProcess) {
    this.#node = node;
  }

  async runRound(path: string, amounts: Amounts): Promise<RoundFigures> {
    const from = this.#node.lines.length;
    const answered = this.#node.waitForLine((text) => text.startsWith("{"), {
      from,
      limitMs: ROUND_LIMIT_MS,
    });
    await this.#node.writeLine(JSON.stringify({ path, amounts }));
    return JSON.parse((await answered).text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#node.stop();
  }
}

async function isInstalled(): Promise<boolean> {
  const addon = `${FOLDER}/node_modules/zookeeper/build/Release/zookeeper.node`;
  return await Deno.stat(addon).then(() => true, () => false);
}

async function install(): Promise<void> {
  await Deno.mkdir(FOLDER, { recursive: true });
  await run("npm", ["install", "--no-audit", "--no-fund", "--prefix", FOLDER, PACKAGE]);
  if (await isInstalled()) return;
  throw new Error(`npm install ${PACKAGE} did not build the addon (needs python3, make and g++)`);
}

async function run(program: string, args: readonly string[]): Promise<void> {
  await using child = TestProcess.start(program, { args });
  const timer = setTimeout(() => child.signal("SIGKILL"), INSTALL_LIMIT_MS);
  const { success } = await child.ended;
  clearTimeout(timer);
  if (success) return;
  throw new Error(`${program} ${args[0]} failed: ${child.lines.at(-1)?.text ?? "no output"}`);
}
