import type { Codec } from "../../zookeeper/wire/codec.ts";
import { SpecialXid } from "../../zookeeper/wire/constants.ts";
import { JuteWriter } from "../../zookeeper/wire/jute_writer.ts";
import { replyHeader, watcherEvent } from "../../zookeeper/wire/records.ts";

const MAX_KEPT_BYTES = 256 * 1024;
const NO_ZXID = -1n;
const SYNC_CONNECTED = 3;

/** A reply's header. */
export interface ReplyHeader {
  readonly xid: number;
  readonly zxid: bigint;
  readonly error: number;
}

/** Encodes frames in one buffer: each holds until the next is made. */
export class FrameWriter {
  #writer = new JuteWriter(4096);

  /** The body is left out with an error. */
  reply<T>(header: ReplyHeader, codec: Codec<T>, body: T): Uint8Array {
    const writer = this.#begin();
    replyHeader.write(writer, header);
    if (header.error === 0) codec.write(writer, body);
    return writer.finishFrame();
  }

  /** Up to ZooKeeper 3.8 an event names no transaction. */
  event({ type, path }: { type: number; path: string }): Uint8Array {
    const writer = this.#begin();
    replyHeader.write(writer, { xid: SpecialXid.notification, zxid: NO_ZXID, error: 0 });
    watcherEvent.write(writer, { type, state: SYNC_CONNECTED, path });
    return writer.finishFrame();
  }

  #begin(): JuteWriter {
    if (this.#writer.payloadLength > MAX_KEPT_BYTES) this.#writer = new JuteWriter(4096);
    this.#writer.clear();
    return this.#writer;
  }
}
