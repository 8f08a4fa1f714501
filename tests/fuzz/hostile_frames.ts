import type { Codec } from "../../src/zookeeper/wire/codec.ts";
import { OpCode } from "../../src/zookeeper/wire/constants.ts";
import { JuteWriter } from "../../src/zookeeper/wire/jute_writer.ts";
import { operations } from "../../src/zookeeper/wire/operations.ts";
import { greeting } from "../support/raw_zookeeper.ts";
import type { RandomSource } from "../unit/election/random_source.ts";

const TEXTS = [
  "/",
  "/a",
  "/a/b",
  "",
  "//",
  "/a/../b",
  "/zookeeper/quota/a",
  "\u0000",
  "/é\ud83d\ude00",
  "world",
  "digest",
  "anyone",
  "user:password",
  "127.0.0.1/8",
];
const NUMBERS = [0, 1, -1, 2, 5, 31, 2 ** 31 - 1, -(2 ** 31), 0xffff, 1 << 24];
// The server hangs up after most of these.
const ENDING_CODES: readonly number[] = [
  OpCode.auth,
  OpCode.closeSession,
  OpCode.createSession,
  OpCode.sasl,
  OpCode.notification,
  77,
  -2,
];
const CODES: readonly number[] = Object.values<{ code: number }>(operations)
  .map(({ code }) => code)
  .filter((code) => !ENDING_CODES.includes(code));

/** Frames that no honest client sends, and some that one might: from random bytes to small lies. */
export class HostileFrames {
  readonly #random: RandomSource;
  readonly #honest: readonly Uint8Array[];

  constructor(random: RandomSource) {
    this.#random = random;
    this.#honest = honestBodies();
  }

  /** What a connection begins with: in one of eight cases no honest greeting. */
  greeting(): { bytes: Uint8Array; isHonest: boolean } {
    const honest = greeting({ timeoutMs: 1 + this.below(60_000) });
    if (this.below(8) > 0) return { bytes: honest, isHonest: true };
    const bytes = this.below(2) === 0 ? this.#bytes(200) : this.#mutated(honest);
    return { bytes, isHonest: false };
  }

  /** One frame, length and all. */
  next(): Uint8Array {
    const kind = this.below(400);
    if (kind === 0) return this.#lyingLength();
    const codes = kind < 3 ? ENDING_CODES : CODES;
    const body = kind < 200 ? this.#mutated(this.#pick(this.#honest)) : this.#inventedBody();
    return framed([this.below(1000), this.#pick(codes)], body);
  }

  /** Only what follows the length: for decoders. */
  nextBody(): Uint8Array {
    const kind = this.below(3);
    if (kind === 0) return this.#bytes(200);
    return kind === 1 ? this.#mutated(this.#pick(this.#honest)) : this.#inventedBody();
  }

  below(limit: number): number {
    return this.#random.below(limit);
  }

  #lyingLength(): Uint8Array {
    const writer = new DataView(new ArrayBuffer(4));
    writer.setInt32(0, this.#pick(NUMBERS));
    return new Uint8Array(writer.buffer);
  }

  /** A body of numbers, texts and lengths in any order. */
  #inventedBody(): Uint8Array {
    const writer = new JuteWriter();
    for (let count = this.below(8); count > 0; count--) {
      const kind = this.below(5);
      if (kind === 0) writer.writeInt(this.#pick(NUMBERS));
      else if (kind === 1) writer.writeString(this.#pick(TEXTS));
      else if (kind === 2) writer.writeBoolean(this.below(2) === 0);
      else if (kind === 3) writer.writeBuffer(this.#bytes(20));
      else writer.writeLong(BigInt(this.#pick(NUMBERS)));
    }
    return writer.finishPayload().slice();
  }

  #mutated(honest: Uint8Array): Uint8Array {
    const bytes = honest.slice(0, this.below(4) === 0 ? this.below(honest.length + 1) : undefined);
    const view = new DataView(bytes.buffer);
    for (let count = 1 + this.below(4); count > 0 && bytes.length > 0; count--) {
      const at = this.below(bytes.length);
      if (at + 4 > bytes.length || this.below(2) === 0) bytes[at] = this.below(256);
      else view.setInt32(at, this.#pick(NUMBERS));
    }
    return bytes;
  }

  #bytes(limit: number): Uint8Array {
    return this.#random.bytes(this.below(limit));
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

function framed([xid, code]: readonly [number, number], body: Uint8Array): Uint8Array {
  const frame = new Uint8Array(12 + body.length);
  const view = new DataView(frame.buffer);
  view.setInt32(0, 8 + body.length);
  view.setInt32(4, xid);
  view.setInt32(8, code);
  frame.set(body, 12);
  return frame;
}

const ACL = [{ permissions: 31, id: { scheme: "world", id: "anyone" } }];

/** Bodies as clients send them, the long ones for what is in them. */
function honestBodies(): Uint8Array[] {
  const data = new Uint8Array([1, 2, 3]);
  const creation = { path: "/a", data, acl: ACL, flags: 0 };
  const watches = { relativeZxid: 1n, data: ["/a"], exist: ["/b"], child: ["/"] };
  return [
    encoded(operations.create.request, creation),
    encoded(operations.createTTL.request, { ...creation, flags: 5, ttlMs: 10n }),
    encoded(operations.delete.request, { path: "/a", version: -1 }),
    encoded(operations.setData.request, { path: "/a", data, version: -1 }),
    encoded(operations.setACL.request, { path: "/a", acl: [...ACL, ...ACL], version: -1 }),
    encoded(operations.getData.request, { path: "/a", watch: true }),
    encoded(operations.setWatches.request, watches),
    encoded(operations.setWatches2.request, {
      ...watches,
      persistent: ["/a"],
      persistentRecursive: ["/b", "/c"],
    }),
    encoded(operations.multi.request, [
      { operation: "create", body: creation },
      { operation: "check", body: { path: "/a", version: 0 } },
      { operation: "delete", body: { path: "/a", version: -1 } },
    ]),
    encoded(operations.auth.request, { type: 0, scheme: "digest", credentials: data }),
  ];
}

function encoded<T>(codec: Codec<T>, value: T): Uint8Array {
  const writer = new JuteWriter();
  codec.write(writer, value);
  return writer.finishPayload().slice();
}
