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

/** `creates` is how many children the parent has ever had, this one included. */
const create = record({ path: string, data: buffer, acl: vector(acl), owner: long, creates: int });
const setData = record({ path: string, data: buffer, version: int });
const setAcl = record({ path: string, acl: vector(acl), version: int });

const NODE_CHANGES = { create, delete: record({ path: string }), setData, setAcl } as const;

type NodeChangeKind = keyof typeof NODE_CHANGES;

/** What becomes of one node: the outcome and not the request, so that doing it twice changes nothing. */
export type NodeChange = {
  [K in NodeChangeKind]: { kind: K } & ValueOf<(typeof NODE_CHANGES)[K]>;
}[NodeChangeKind];

/** What a transaction does; an error does nothing but to use up its zxid. */
export type Change =
  | NodeChange
  | { kind: "multi"; changes: readonly NodeChange[] }
  | { kind: "createSession"; timeoutMs: number; password: Uint8Array | null }
  | { kind: "closeSession"; paths: readonly string[] }
  | { kind: "error"; error: number };

/** One step of the database: everything that is needed to repeat it. */
export interface Transaction {
  zxid: bigint;
  /** The server's wall clock. */
  timeMs: bigint;
  /** The session that it is done for; 0 for the server itself. */
  sessionId: bigint;
  change: Change;
}

const nodeChange: Codec<NodeChange> = union(
  ["create", "delete", "setData", "setAcl"],
  NODE_CHANGES,
);

const CHANGES = {
  ...NODE_CHANGES,
  multi: record({ changes: vector(nodeChange) }),
  createSession: record({ timeoutMs: int, password: buffer }),
  closeSession: record({ paths: vector(string) }),
  error: record({ error: int }),
} as const;

/** How a transaction is written down; the order of the kinds is the format. */
export const transactionCodec: Codec<Transaction> = record({
  zxid: long,
  timeMs: long,
  sessionId: long,
  change: union<Change>([
    "create",
    "delete",
    "setData",
    "setAcl",
    "multi",
    "createSession",
    "closeSession",
    "error",
  ], CHANGES),
});

/** A record behind the number of its kind. */
function union<T extends { kind: string }>(
  kinds: readonly T["kind"][],
  codecs: Readonly<Record<T["kind"], unknown>>,
): Codec<T> {
  const codecOf = (kind: T["kind"]) => codecs[kind] as Codec<unknown>;
  return {
    write(writer: JuteWriter, value: T) {
      writer.writeInt(kinds.indexOf(value.kind));
      codecOf(value.kind).write(writer, value);
    },
    read(reader: JuteReader) {
      const number = reader.readInt();
      const kind = kinds[number];
      if (kind === undefined) throw new ProtocolError(`Cannot decode change: kind ${number}`);
      return { kind, ...codecOf(kind).read(reader) as object } as T;
    },
  };
}
