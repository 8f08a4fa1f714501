import type { CommandContext } from "../../../src/cli/command_context.ts";
import { runCommandLine } from "../../../src/cli/command_line.ts";

/** A temporary installation folder, with what a command printed in it. */
export class Installation implements AsyncDisposable {
  readonly homeDir: string;

  private constructor(homeDir: string) {
    this.homeDir = homeDir;
  }

  /** Creates `conf` with these files. */
  static async create(files: Readonly<Record<string, string>>): Promise<Installation> {
    const homeDir = await Deno.makeTempDir({ prefix: "masterd_cli_" });
    await Deno.mkdir(`${homeDir}/conf`);
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${homeDir}/conf/${name}`, text);
    }
    return new Installation(homeDir);
  }

  /** Runs a command line as if typed here. */
  async run(
    words: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<{ code: number; out: string[]; errors: string[] }> {
    const out: string[] = [];
    const errors: string[] = [];
    const code = await runCommandLine(words, {
      environment,
      workingDirectory: this.homeDir,
      ...noStreams(),
      print: (line) => void out.push(...line.split("\n")),
      printError: (line) => void errors.push(...line.split("\n")),
      exit: () => {},
    });
    return { code, out, errors };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.homeDir, { recursive: true });
  }
}

/** Standard streams of a command that uses none: nothing comes, nobody reads. */
export function noStreams(): Pick<CommandContext, "input" | "output" | "terminal"> {
  return {
    input: { isTerminal: false, async *pieces() {} },
    output: { isTerminal: false, write: () => Promise.resolve(false) },
    terminal: undefined,
  };
}

/** The reference example. */
export const EXAMPLE: Readonly<Record<string, string>> = {
  "flink-conf.yaml": [
    "high-availability: zookeeper",
    "high-availability.zookeeper.quorum: localhost:2181",
    "high-availability.zookeeper.path.root: /flink",
    "high-availability.cluster-id: /cluster_one",
    "high-availability.storageDir: hdfs:///flink/recovery",
    "",
  ].join("\n"),
  "masters": "localhost:8081\nlocalhost:8082\n",
  "workers": "localhost\nfar.example\n",
  "zoo.cfg": "tickTime=2000\nserver.0=localhost:2888:3888\n",
};
