import { type JuteReader, ProtocolError } from "./jute_reader.ts";
import type { JuteWriter } from "./jute_writer.ts";

/** Both directions of one jute type, so that a record is written down once. */
export interface Codec<T> {
  write(writer: JuteWriter, value: T): void;
  read(reader: JuteReader): T;
}

/** The type that a codec carries. */
export type ValueOf<C> = C extends Codec<infer T> ? T : never;

export const int: Codec<number> = {
  write: (writer, value) => writer.writeInt(value),
  read: (reader) => reader.readInt(),
};

export const long: Codec<bigint> = {
  write: (writer, value) => writer.writeLong(value),
  read: (reader) => reader.readLong(),
};

export const boolean: Codec<boolean> = {
  write: (writer, value) => writer.writeBoolean(value),
  read: (reader) => reader.readBoolean(),
};

export const buffer: Codec<Uint8Array | null> = {
  write: (writer, value) => writer.writeBuffer(value),
  read: (reader) => reader.readBuffer(),
};

export const nullableString: Codec<string | null> = {
  write: (writer, value) => writer.writeString(value),
  read: (reader) => reader.readString(),
};

export const string: Codec<string> = {
  write: (writer, value) => writer.writeString(value),
  read: (reader) => {
    const value = reader.readString();
    if (value === null) throw new ProtocolError("Cannot decode record: a string is null");
    return value;
  },
};

/** Nothing on the wire: the body of a request or reply that has none. */
export const nothing: Codec<void> = { write: () => {}, read: () => {} };

/** Items behind their count; a null vector (count -1) reads as an empty one, as no caller can tell. */
export function vector<T>(item: Codec<T>): Codec<readonly T[]> {
  return {
    write(writer, values) {
      writer.writeInt(values.length);
      for (const value of values) item.write(writer, value);
    },
    read(reader) {
      const count = reader.readInt();
      // Each item takes at least a byte, so a forged count cannot make us allocate for ever.
      if (count > reader.remaining) {
        throw new ProtocolError(
          `Cannot decode vector: ${count} items in ${reader.remaining} bytes`,
        );
      }
      return Array.from({ length: Math.max(count, 0) }, () => item.read(reader));
    },
  };
}

type Fields = Record<string, Codec<unknown>>;
type RecordOf<F extends Fields> = { [K in keyof F]: ValueOf<F[K]> };

/** A jute record: its fields one after another, in the order in which they are named here. */
export function record<F extends Fields>(fields: F): Codec<RecordOf<F>> {
  const entries = Object.entries(fields);
  return {
    write(writer, value) {
      for (const [name, codec] of entries) codec.write(writer, value[name]);
    },
    read(reader) {
      const value: Record<string, unknown> = {};
      for (const [name, codec] of entries) value[name] = codec.read(reader);
      return value as RecordOf<F>;
    },
  };
}
