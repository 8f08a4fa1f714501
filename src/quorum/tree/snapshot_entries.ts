import {
  buffer,
  type Codec,
  int,
  long,
  record,
  string,
  type ValueOf,
  vector,
} from "../../zookeeper/wire/codec.ts";
import { type JuteReader, ProtocolError } from "../../zookeeper/wire/jute_reader.ts";
import type { JuteWriter } from "../../zookeeper/wire/jute_writer.ts";
import { acl } from "../../zookeeper/wire/records.ts";

/** The format that this release writes and reads. */
export const SNAPSHOT_FORMAT = 1;

const start = record({ format: int, zxid: long });
const session = record({ sessionId: long, timeoutMs: int, password: buffer });
const sharedAcl = record({ list: vector(acl) });
/** `depth` is 0 for the root; the parent is the last node before of one depth less. */
const node = record({
  depth: int,
  name: string,
  data: buffer,
  acl: int,
  owner: long,
  czxid: long,
  mzxid: long,
  pzxid: long,
  ctime: long,
  mtime: long,
  version: int,
  aversion: int,
  creates: int,
});
const end = record({ lastZxid: long });

const ENTRIES = { start, session, acl: sharedAcl, node, end } as const;

type EntryName = keyof typeof ENTRIES;

/** One entry of a snapshot. */
export type Entry = {
  [K in EntryName]: { name: K; value: ValueOf<(typeof ENTRIES)[K]> };
}[EntryName];

/** A node as it is written down. */
export type NodeEntry = ValueOf<typeof node>;

/** The order is the format. */
const NAMES: readonly EntryName[] = ["start", "session", "acl", "node", "end"];

/** Writes an entry behind the number of its kind. */
export function writeEntry(writer: JuteWriter, { name, value }: Entry): void {
  writer.writeInt(NAMES.indexOf(name));
  (ENTRIES[name] as Codec<unknown>).write(writer, value);
}

/** @throws {ProtocolError} if it is none. */
export function readEntry(reader: JuteReader): Entry {
  const number = reader.readInt();
  const name = NAMES[number];
  if (name === undefined) throw new ProtocolError(`Cannot decode snapshot: entry ${number}`);
  return { name, value: ENTRIES[name].read(reader) } as Entry;
}
