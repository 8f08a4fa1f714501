const REPOSITORY = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

/** What of this machine, beside its system, a host needs to run masterd from its sources. */
export const machinePaths: readonly string[] = [
  REPOSITORY,
  Deno.execPath(),
  ...["DENO_DIR", "JAVA_HOME", "ZOOKEEPER_HOME"].map((name) => Deno.env.get(name)),
].filter((path): path is string => path !== undefined && !path.startsWith("/usr/"));
