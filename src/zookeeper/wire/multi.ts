import { boolean, type Codec, int, record, type ValueOf } from "./codec.ts";
import { OpCode } from "./constants.ts";
import { type JuteReader, ProtocolError } from "./jute_reader.ts";
import type { JuteWriter } from "./jute_writer.ts";
import * as records from "./records.ts";

const multiHeader = record({ type: int, isDone: boolean, error: int });
const END = { type: -1, isDone: true, error: -1 };

const REQUEST_CODECS = {
  create: records.createRequest,
  create2: records.createRequest,
  createContainer: records.createRequest,
  createTTL: records.createTtlRequest,
  delete: records.pathVersionRequest,
  setData: records.setDataRequest,
  check: records.pathVersionRequest,
  getData: records.pathWatchRequest,
  getChildren: records.pathWatchRequest,
} as const;

type PartName = keyof typeof REQUEST_CODECS;

/** One operation inside a multi or multiRead. */
export type MultiPart = {
  [K in PartName]: { operation: K; body: ValueOf<(typeof REQUEST_CODECS)[K]> };
}[PartName];

/** The server's answer to one part; an error of 0 stands for a part that was undone by another's. */
export type MultiReply =
  | { kind: "created"; path: string; stat?: records.Stat }
  | { kind: "stat"; stat: records.Stat }
  | { kind: "done" }
  | { kind: "checked" }
  | { kind: "data"; data: Uint8Array | null; stat: records.Stat }
  | { kind: "children"; children: readonly string[] }
  | { kind: "error"; error: number };

const NAME_BY_CODE = new Map<number, PartName>(
  (Object.keys(REQUEST_CODECS) as PartName[]).map((name) => [OpCode[name], name]),
);

export const multiRequest: Codec<readonly MultiPart[]> = {
  write(writer, parts) {
    for (const { operation, body } of parts) {
      multiHeader.write(writer, { type: OpCode[operation], isDone: false, error: -1 });
      (REQUEST_CODECS[operation] as Codec<unknown>).write(writer, body);
    }
    multiHeader.write(writer, END);
  },
  read: (reader) =>
    readParts(reader, (type) => {
      const operation = NAME_BY_CODE.get(type);
      if (operation === undefined) {
        throw new ProtocolError(`Cannot decode multi: operation ${type}`);
      }
      return { operation, body: REQUEST_CODECS[operation].read(reader) } as MultiPart;
    }),
};

/**
 * Replies of a multi or multiRead. A failed multi is a list of errors under a header that says
 * success; a multiRead has an error for each part that failed alone.
 */
export const multiResponse: Codec<readonly MultiReply[]> = {
  write(writer, replies) {
    for (const reply of replies) writeReply(writer, reply);
    multiHeader.write(writer, END);
  },
  read: (reader) => readParts(reader, (type) => readReply(reader, type)),
};

function readParts<T>(reader: JuteReader, readPart: (type: number) => T): T[] {
  const parts: T[] = [];
  while (true) {
    const header = multiHeader.read(reader);
    if (header.isDone) return parts;
    parts.push(readPart(header.type));
  }
}

function readReply(reader: JuteReader, type: number): MultiReply {
  switch (type) {
    case OpCode.create:
      return { kind: "created", ...records.createResponse.read(reader) };
    case OpCode.create2:
    case OpCode.createContainer:
    case OpCode.createTTL:
      return { kind: "created", ...records.create2Response.read(reader) };
    case OpCode.setData:
      return { kind: "stat", ...records.statResponse.read(reader) };
    case OpCode.delete:
      return { kind: "done" };
    case OpCode.check:
      return { kind: "checked" };
    case OpCode.getData:
      return { kind: "data", ...records.dataResponse.read(reader) };
    case OpCode.getChildren:
      return { kind: "children", ...records.childrenResponse.read(reader) };
    case OpCode.error:
      return { kind: "error", ...records.errorResponse.read(reader) };
    default:
      throw new ProtocolError(`Cannot decode multi: a result of type ${type}`);
  }
}

function writeReply(writer: JuteWriter, reply: MultiReply): void {
  const header = (type: number, error = 0) =>
    multiHeader.write(writer, { type, isDone: false, error });
  switch (reply.kind) {
    case "created":
      header(reply.stat === undefined ? OpCode.create : OpCode.create2);
      writer.writeString(reply.path);
      if (reply.stat !== undefined) records.stat.write(writer, reply.stat);
      return;
    case "stat":
      header(OpCode.setData);
      return records.stat.write(writer, reply.stat);
    case "done":
      return header(OpCode.delete);
    case "checked":
      return header(OpCode.check);
    case "data":
      header(OpCode.getData);
      return records.dataResponse.write(writer, reply);
    case "children":
      header(OpCode.getChildren);
      return records.childrenResponse.write(writer, reply);
    case "error":
      header(OpCode.error, reply.error);
      return records.errorResponse.write(writer, reply);
  }
}
