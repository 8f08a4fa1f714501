import { type ProcessLine, TestProcess } from "../support/process.ts";
import { debianJar, findJava } from "../support/zookeeper_installation.ts";

const JVM_OPTIONS = ["-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"];

/** Starts `tests/interop/java/<name>.java` from its source. */
export function startJava(
  name: string,
  options: {
    classPath?: readonly string[];
    args?: readonly string[];
    onLine?: (line: ProcessLine) => void;
  } = {},
): TestProcess {
  const { classPath = [], args = [], onLine } = options;
  return TestProcess.start(findJavaCompiling(), {
    ...(onLine ? { onLine } : {}),
    args: [
      ...JVM_OPTIONS,
      ...(classPath.length > 0 ? ["-cp", classPath.join(":")] : []),
      new URL(`./java/${name}.java`, import.meta.url).pathname,
      ...args,
    ],
  });
}

/** Curator's recipes and what they need, from Debian's packages. */
export function curatorClassPath(): string[] {
  const curator = ["recipes", "framework", "client"].map((part) =>
    debianJar(`curator-${part}`, `libcurator-${part}-java`)
  );
  return [
    ...curator,
    debianJar("zookeeper", "libzookeeper-java"),
    debianJar("guava", "libguava-java"),
    debianJar("slf4j-nop", "libslf4j-java"),
  ];
}

/** Java that runs source files; a bare runtime brings no compiler. */
function findJavaCompiling(): string {
  const java = findJava();
  const modules = new Deno.Command(java, { args: ["--list-modules"] }).outputSync();
  if (new TextDecoder().decode(modules.stdout).includes("jdk.compiler@")) return java;
  throw new Error(
    `Cannot run Java sources with ${java}: it has no compiler; ` +
      "install the Debian package default-jdk-headless",
  );
}
