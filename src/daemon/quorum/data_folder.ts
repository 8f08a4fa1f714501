import { join } from "node:path";
import { ConfigError } from "../../config/config_error.ts";
import { StartError } from "../start_error.ts";

/** The file in which a folder says whose data it holds. */
const MARK = "myid";
/** Where Apache's servers put their snapshots and their log, and where the embedded one. */
const CONTENTS = ["version-2", "masterd-zookeeper"];

/**
 * Where one server's data lies: in the folder that zoo.cfg names, or, where several servers of the
 * file are on one host, in the folder of its id below. Data that is there already is never left behind:
 * a folder that says it is this server's stays its folder, whatever became of its neighbours.
 */
export async function findDataFolder(
  folder: string,
  { id, hasNeighbours }: { id: number; hasNeighbours: boolean },
): Promise<string> {
  const below = join(folder, String(id));
  const [owner, ownerBelow] = [await readOwner(folder), await readOwner(below)];
  if (owner === String(id) && ownerBelow === owner) {
    const message = `both ${folder} and ${below} say in ${MARK} that they hold its data; ` +
      "move the one that is out of date away";
    throw refusal(id, message);
  }
  if (owner === String(id)) return folder;
  if (ownerBelow === String(id)) return below;
  if (!hasNeighbours) return folder;
  if (owner === undefined && await holdsData(folder)) {
    const message = `${folder} holds data, and no ${MARK} there says of which server; ` +
      `write the id of that server into ${join(folder, MARK)}`;
    throw refusal(id, message);
  }
  return below;
}

/** Whether the folder is this server's already; refuses the data of another. */
export async function isOwnFolder(folder: string, id: number): Promise<boolean> {
  const owner = await readOwner(folder);
  if (owner === undefined || owner === String(id)) return owner !== undefined;
  throw refusal(id, `${join(folder, MARK)} says that the data is of server ${owner}`);
}

/**
 * Makes the folder this server's, once and for all; refuses the data of another. Says whether that is new.
 */
export async function claimDataFolder(folder: string, id: number): Promise<boolean> {
  const mark = join(folder, MARK);
  if (await isOwnFolder(folder, id)) return false;
  await attempt(`Cannot create ${folder}`, () => Deno.mkdir(folder, { recursive: true }));
  await attempt(`Cannot write ${mark}`, () => writeOnce(mark, `${id}\n`));
  // Another server may have been faster.
  const winner = await readOwner(folder);
  if (winner !== String(id)) throw refusal(id, `${mark} says that the data is of server ${winner}`);
  return true;
}

/** Writes a file that is whole at any moment: a server may be reading it. Nobody else may: it can hold secrets. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await attempt(`Cannot write ${path}`, async () => {
    const draft = await writeDraft(path, text, { mode: 0o600 });
    await Deno.rename(draft, path);
  });
}

// What a crash or a full disk left empty says nothing, and does not stand in the way.
async function readOwner(folder: string): Promise<string | undefined> {
  const mark = join(folder, MARK);
  const text = await attempt(`Cannot read ${mark}`, () => Deno.readTextFile(mark)).catch(absent);
  const owner = text?.trim() ?? "";
  if (owner === "") return undefined;
  return /^\d{1,18}$/.test(owner) ? String(BigInt(owner)) : JSON.stringify(owner.slice(0, 40));
}

async function holdsData(folder: string): Promise<boolean> {
  for (const content of CONTENTS) if (await exists(join(folder, content))) return true;
  return false;
}

async function exists(path: string): Promise<boolean> {
  return await attempt(`Cannot look at ${path}`, () => Deno.stat(path)).catch(absent) !== undefined;
}

async function writeOnce(path: string, text: string): Promise<void> {
  const draft = await writeDraft(path, text);
  try {
    // Unlike a new name by rename(), a second name replaces nothing.
    await Deno.link(draft, path).catch(async (error) => {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      if ((await Deno.stat(path)).size === 0) await Deno.copyFile(draft, path);
    });
  } finally {
    await Deno.remove(draft);
  }
}

async function writeDraft(
  path: string,
  text: string,
  options: { mode?: number } = {},
): Promise<string> {
  const draft = `${path}.${crypto.randomUUID()}`;
  using file = await Deno.open(draft, { write: true, createNew: true, ...options });
  try {
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    await file.sync();
    return draft;
  } catch (error) {
    await Deno.remove(draft);
    throw error;
  }
}

async function attempt<T>(act: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    throw new StartError(act, { cause });
  }
}

function absent(error: unknown): undefined {
  const cause = error instanceof StartError ? error.cause : undefined;
  if (cause instanceof Deno.errors.NotFound) return undefined;
  throw error;
}

function refusal(id: number, fact: string): ConfigError {
  return new ConfigError([{ message: `Cannot start ZooKeeper server ${id}: ${fact}.` }]);
}
