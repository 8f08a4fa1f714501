import { join } from "node:path";
import { TestProcess } from "../support/process.ts";
import { findJava } from "../support/zookeeper_installation.ts";

// Hadoop's web server generates classes, which newer Java has to be told to allow.
const JVM_OPTIONS = ["--add-opens=java.base/java.lang=ALL-UNNAMED", "-Xmx768m", "-XX:+UseSerialGC"];

/** A real Hadoop cluster with two name nodes, of which the first is active, and two data nodes. */
export class HdfsCluster implements AsyncDisposable {
  readonly #process: TestProcess;
  /** Where its core-site.xml and hdfs-site.xml are. */
  readonly confDir: string;

  /** @throws {Error} if the jars are not where `MASTERD_HADOOP_JARS` says */
  static async start(): Promise<HdfsCluster> {
    const jars = Deno.env.get("MASTERD_HADOOP_JARS");
    if (!jars) throw new Error("MASTERD_HADOOP_JARS is not set: run tools/interop_extra_hdfs.sh");
    const folder = await Deno.makeTempDir({ prefix: "masterd-hdfs-" });
    const program = new URL("./java/HdfsCluster.java", import.meta.url).pathname;
    const process = TestProcess.start(findJava(), {
      args: [...JVM_OPTIONS, "-cp", join(jars, "*"), program, folder],
      cwd: folder,
      // The user with all rights.
      env: { HADOOP_USER_NAME: "masterd" },
    });
    const cluster = new HdfsCluster(process, folder);
    await process.waitForLine((line) => line === "ready", { limitMs: 120_000 });
    return cluster;
  }

  private constructor(process: TestProcess, folder: string) {
    this.#process = process;
    this.confDir = folder;
  }

  /** Gives an order, and waits until it is carried out. */
  async order(words: string): Promise<void> {
    const from = this.#process.lines.length;
    const done = this.#process.waitForLine((line) => /^(ok|failed) /.test(line), {
      from,
      limitMs: 60_000,
    });
    await this.#process.writeLine(words);
    const { text } = await done;
    if (text !== `ok ${words}`) throw new Error(text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.kill();
    await Deno.remove(this.confDir, { recursive: true });
  }
}
