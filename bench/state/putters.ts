import { connect } from "zookeeper";
import { OpenStore } from "./open_store.ts";
import type { StateMaster } from "./state_master.ts";

const NAME = "entry";
const LIMIT_MS = 30_000;

/** Puts contents durably, one after another, under one name. */
export interface Putter extends AsyncDisposable {
  readonly name: string;
  put(content: Uint8Array<ArrayBuffer>): Promise<void>;
}

export interface PutterOptions {
  address: string;
  /** Below it everyone has a folder of its own, on the same disk. */
  folder: string;
}

/** What cannot be left out: a file, synced and named, its folder synced, and a node that leads to it. */
export async function barePutter({ address, folder }: PutterOptions): Promise<Putter> {
  const zk = await connect(address, { signal: AbortSignal.timeout(LIMIT_MS) });
  const path = `${folder}/bare`;
  await Deno.mkdir(path);
  await zk.create("/bare", new Uint8Array());
  let count = 0;
  return {
    name: "write, fsync, rename, fsync, setData",
    async put(content) {
      count += 1;
      const temporary = `${path}/.${count}`;
      using file = await Deno.open(temporary, { write: true, createNew: true });
      await file.write(content);
      await file.sync();
      await Deno.rename(temporary, `${path}/${count}`);
      using directory = await Deno.open(path);
      await directory.sync();
      await zk.setData("/bare", new TextEncoder().encode(String(count)));
    },
    [Symbol.asyncDispose]: () => zk.close(),
  };
}

/** The state of the sources, in this process. */
export async function storePutter(options: PutterOptions): Promise<Putter> {
  const open = await OpenStore.open({ ...options, namespace: "/store" });
  const { signal } = new AbortController();
  return {
    name: "StateStore",
    async put(content) {
      await open.store.put(NAME, onePiece(content), { signal });
    },
    [Symbol.asyncDispose]: () => open[Symbol.asyncDispose](),
  };
}

/** The state of a master, over HTTP. */
export function apiPutter(master: StateMaster): Putter {
  return {
    name: "HTTP API of a master",
    async put(content) {
      await master.put(NAME, content);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

export async function* onePiece(content: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  yield content;
}
