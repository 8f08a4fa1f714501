/** What it takes to start Apache ZooKeeper on this machine. */
export interface ZooKeeperInstallation {
  java: string;
  classPath: readonly string[];
}

const DEBIAN_HOME = "/usr/share/zookeeper";
const DEBIAN_JARS = "/usr/share/java";

/**
 * The release under `ZOOKEEPER_HOME`, or Debian's packages.
 * @throws {Error} naming the package or variable that is missing.
 */
export function findZooKeeper(): ZooKeeperInstallation {
  return { java: findJava(), classPath: findClassPath(Deno.env.get("ZOOKEEPER_HOME")) };
}

/**
 * The Java runtime of `JAVA_HOME` or of `PATH`.
 * @throws {Error} naming the package that is missing.
 */
export function findJava(): string {
  const home = Deno.env.get("JAVA_HOME");
  const folders = home ? [`${home}/bin`] : (Deno.env.get("PATH") ?? "").split(":");
  const java = folders.map((folder) => `${folder}/java`).find(exists);
  if (java) return java;
  throw new Error(
    `Cannot find java in ${home ? `JAVA_HOME (${home})` : "PATH"}: ` +
      "install the Debian package default-jre-headless",
  );
}

/**
 * A jar of one of Debian's Java packages.
 * @throws {Error} naming the package that is missing.
 */
export function debianJar(name: string, debianPackage: string): string {
  const path = `${DEBIAN_JARS}/${name}.jar`;
  if (exists(path)) return path;
  throw new Error(`Cannot find ${path}: install the Debian package ${debianPackage}`);
}

function findClassPath(home: string | undefined): string[] {
  if (home && hasReleaseLayout(home)) return [`${home}/*`, `${home}/lib/*`];
  if (home && home !== DEBIAN_HOME) {
    throw new Error(`Cannot use ZOOKEEPER_HOME ${home}: no lib/zookeeper-*.jar in it`);
  }
  const jar = `${DEBIAN_JARS}/zookeeper.jar`;
  if (!exists(jar)) {
    throw new Error(
      `Cannot find Apache ZooKeeper: install the Debian package zookeeper (${jar}), ` +
        "or set ZOOKEEPER_HOME to an unpacked release",
    );
  }
  // Debian's jar names all it needs but a place to log to.
  return [jar, debianJar("slf4j-simple", "libslf4j-java")];
}

function hasReleaseLayout(home: string): boolean {
  if (!exists(`${home}/lib`)) return false;
  return [...Deno.readDirSync(`${home}/lib`)].some((entry) =>
    /^zookeeper-\d.*\.jar$/.test(entry.name)
  );
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw error;
  }
}
