/** Which ZooKeeper the tests talk to. */
export type ZooKeeperKind = "apache" | "embedded";

const VARIABLE = "MASTERD_TEST_ZOOKEEPER";

/** Apache's, unless the environment variable `MASTERD_TEST_ZOOKEEPER` says `embedded`. */
export const zooKeeperKind: ZooKeeperKind = read();

function read(): ZooKeeperKind {
  const value = Deno.env.get(VARIABLE) ?? "apache";
  if (value === "apache" || value === "embedded") return value;
  throw new Error(`${VARIABLE}: ${value} is neither apache nor embedded`);
}

/** A test that takes what only Apache ZooKeeper has, such as several servers; says where it is left out. */
export const apacheTest: typeof Deno.test = zooKeeperKind === "apache" ? Deno.test : leaveOut();

function leaveOut(): typeof Deno.test {
  const say = (...[first]: unknown[]) =>
    console.log(`left to Apache ZooKeeper: ${typeof first === "string" ? first : "a test"}`);
  return say as typeof Deno.test;
}
