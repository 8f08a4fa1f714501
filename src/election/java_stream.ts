/**
 * Flink's bytes for leader information: a Java serialization stream of `writeUTF(address)` and
 * `writeObject(java.util.UUID)`. Layout: Java Object Serialization Specification, section 6.4.
 * @module
 */

/** An address and the session id of the leadership it belongs to. */
export interface PublishedLeader {
  address: string;
  /** UUID in lower case. */
  leaderSessionId: string;
}

/** Bytes that are no leader information. */
export class CorruptLeaderInformationError extends Error {
  override readonly name = "CorruptLeaderInformationError";
}

const MAX_UTF_BYTES = 0xffff;
const MAX_BLOCK_BYTES = 1024;
const MAX_SHORT_BLOCK_BYTES = 255;
const SHORT_BLOCK = 0x77;
const LONG_BLOCK = 0x7a;
const STREAM_START = [0xac, 0xed, 0x00, 0x05];

/** Object and class description of java.util.UUID, up to its two longs, the least significant first. */
const UUID_START = Uint8Array.from([
  ...[0x73, 0x72, 0x00, 0x0e, ...ascii("java.util.UUID")],
  ...[0xbc, 0x99, 0x03, 0xf7, 0x98, 0x6d, 0x85, 0x2f],
  ...[0x02, 0x00, 0x02],
  ...[0x4a, 0x00, 0x0c, ...ascii("leastSigBits")],
  ...[0x4a, 0x00, 0x0b, ...ascii("mostSigBits")],
  ...[0x78, 0x70],
]);

const UUID_BYTES = UUID_START.length + 16;

/**
 * The bytes that Java writes for this leader.
 * @throws {RangeError} for an address of more than 65,535 bytes, which Java cannot write either
 */
export function encodeLeaderInformation({ address, leaderSessionId }: PublishedLeader): Uint8Array {
  const text = encodeModifiedUtf8(address);
  if (text.length > MAX_UTF_BYTES) {
    throw new RangeError(`Cannot encode address: it has ${text.length} bytes, Java takes 65,535`);
  }
  const content = Uint8Array.from([text.length >> 8, text.length & 0xff, ...text]);
  const hex = leaderSessionId.replaceAll("-", "");
  const [most, least] = [hex.slice(0, 16), hex.slice(16)].map((half) => BigInt(`0x${half}`));
  return Uint8Array.from([
    ...STREAM_START,
    ...blocks(content),
    ...UUID_START,
    ...longBytes(least ?? 0n),
    ...longBytes(most ?? 0n),
  ]);
}

/**
 * The leader in these bytes, or undefined for none, which is how Flink writes "no leader".
 * @throws {CorruptLeaderInformationError}
 */
export function decodeLeaderInformation(bytes: Uint8Array): PublishedLeader | undefined {
  if (bytes.length === 0) return undefined;
  if (STREAM_START.some((byte, index) => bytes[index] !== byte)) fail("it is no Java stream");
  const { content, end } = readBlocks(bytes, STREAM_START.length);
  const uuid = bytes.subarray(end);
  if (uuid.length !== UUID_BYTES || UUID_START.some((byte, index) => uuid[index] !== byte)) {
    fail("no UUID stands behind the address");
  }
  return { address: readUtf(content), leaderSessionId: readUuid(uuid.subarray(UUID_START.length)) };
}

function* blocks(content: Uint8Array): Generator<number> {
  for (let start = 0; start < content.length; start += MAX_BLOCK_BYTES) {
    const block = content.subarray(start, start + MAX_BLOCK_BYTES);
    if (block.length <= MAX_SHORT_BLOCK_BYTES) yield* [SHORT_BLOCK, block.length];
    else yield* [LONG_BLOCK, 0, 0, block.length >> 8, block.length & 0xff];
    yield* block;
  }
}

function readBlocks(bytes: Uint8Array, start: number): { content: Uint8Array; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const content: number[] = [];
  let at = start;
  while (bytes[at] === SHORT_BLOCK || bytes[at] === LONG_BLOCK) {
    const headerBytes = bytes[at] === SHORT_BLOCK ? 2 : 5;
    if (at + headerBytes > bytes.length) fail("a block ends early");
    const length = headerBytes === 2 ? view.getUint8(at + 1) : view.getUint32(at + 1);
    at += headerBytes;
    if (at + length > bytes.length) fail("a block ends early");
    for (const byte of bytes.subarray(at, at + length)) content.push(byte);
    at += length;
  }
  return { content: Uint8Array.from(content), end: at };
}

function readUtf(content: Uint8Array): string {
  const length = ((content[0] ?? 0) << 8) | (content[1] ?? 0);
  if (content.length !== length + 2) fail("the address has another length than it says");
  return decodeModifiedUtf8(content.subarray(2));
}

function readUuid(longs: Uint8Array): string {
  const hex = (bytes: Uint8Array) =>
    Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const digits = hex(longs.subarray(8)) + hex(longs.subarray(0, 8));
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Java's UTF-8: NUL takes two bytes, and a character outside the BMP two surrogates of three. */
function encodeModifiedUtf8(text: string): number[] {
  const bytes: number[] = [];
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x01 && unit <= 0x7f) bytes.push(unit);
    else if (unit <= 0x7ff) bytes.push(0xc0 | (unit >> 6), 0x80 | (unit & 0x3f));
    else bytes.push(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f));
  }
  return bytes;
}

function decodeModifiedUtf8(bytes: Uint8Array): string {
  const units: string[] = [];
  const continuation = (at: number) => {
    const byte = bytes[at];
    if (byte === undefined || (byte & 0xc0) !== 0x80) fail("the address is not UTF-8");
    return byte & 0x3f;
  };
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at] ?? 0;
    if (first < 0x80) {
      units.push(String.fromCharCode(first));
      at += 1;
    } else if ((first & 0xe0) === 0xc0) {
      units.push(String.fromCharCode(((first & 0x1f) << 6) | continuation(at + 1)));
      at += 2;
    } else if ((first & 0xf0) === 0xe0) {
      const high = ((first & 0x0f) << 12) | (continuation(at + 1) << 6);
      units.push(String.fromCharCode(high | continuation(at + 2)));
      at += 3;
    } else {
      fail("the address is not UTF-8");
    }
  }
  return units.join("");
}

function ascii(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}

function longBytes(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value);
  return bytes;
}

function fail(why: string): never {
  throw new CorruptLeaderInformationError(`Cannot decode leader information: ${why}`);
}
