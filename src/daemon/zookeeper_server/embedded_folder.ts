import { join } from "node:path";
import { ConfigError } from "../../config/config_error.ts";
import { StartError } from "../start_error.ts";

/** Where the embedded server keeps its data, in the dataDir of zoo.cfg. */
const EMBEDDED = "masterd-zookeeper";
/** Where Apache ZooKeeper keeps its own. */
const APACHE = "version-2";
const KEY = "masterd.zookeeper.server";

/** The folder of the embedded server's data; refuses a dataDir that Apache ZooKeeper has written. */
export async function embeddedFolder(dataDir: string): Promise<string> {
  const files = await namesIn(join(dataDir, APACHE));
  if (files.some((name) => /^(?:log|snapshot)\./.test(name))) {
    throw refusal(
      `${dataDir} holds data of Apache ZooKeeper (${APACHE}), which the embedded server cannot ` +
        `read: set ${KEY}: apache, or name another dataDir in zoo.cfg`,
    );
  }
  return join(dataDir, EMBEDDED);
}

/** Refuses a dataDir that the embedded server has written: Apache ZooKeeper would begin anew beside it. */
export async function refuseEmbeddedData(dataDir: string): Promise<void> {
  if ((await namesIn(join(dataDir, EMBEDDED))).length === 0) return;
  throw refusal(
    `${dataDir} holds data of the embedded server of masterd (${EMBEDDED}), which Apache ZooKeeper ` +
      `cannot read: set ${KEY}: embedded, or name another dataDir in zoo.cfg`,
  );
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    const names: string[] = [];
    for await (const { name } of Deno.readDir(folder)) names.push(name);
    return names;
  } catch (error) {
    const { NotADirectory, NotFound } = Deno.errors;
    if (error instanceof NotFound || error instanceof NotADirectory) return [];
    throw new StartError(`Cannot read ${folder}`, { cause: error });
  }
}

function refusal(fact: string): ConfigError {
  return new ConfigError([{ message: `Cannot start ZooKeeper: ${fact}` }]);
}
