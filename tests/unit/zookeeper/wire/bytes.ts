import { Buffer } from "node:buffer";
import type { Codec } from "../../../../src/zookeeper/wire/codec.ts";
import { JuteReader } from "../../../../src/zookeeper/wire/jute_reader.ts";
import { JuteWriter } from "../../../../src/zookeeper/wire/jute_writer.ts";

/** A value in jute's encoding. */
export function encode<T>(codec: Codec<T>, value: T): Uint8Array<ArrayBuffer> {
  const writer = new JuteWriter(1);
  codec.write(writer, value);
  return writer.finishPayload();
}

/** The value, and how many bytes are left behind it. */
export function read<T>(codec: Codec<T>, bytes: Uint8Array): { value: T; remaining: number } {
  const reader = new JuteReader(bytes);
  return { value: codec.read(reader), remaining: reader.remaining };
}

/** Bytes as hexadecimal digits, as the protocol is written down. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** The bytes of hexadecimal digits; blanks between them group what belongs together. */
export function bytesOf(digits: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(digits.replaceAll(/\s/g, ""), "hex"));
}
