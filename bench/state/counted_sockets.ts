import { type OpenSocket, openTcpSocket } from "zookeeper";

const LENGTH_BYTES = 4;
const XID_BYTES = 4;

/** Counts what is asked of ZooKeeper over its sockets; the handshake and pings are left out. */
export class CountedSockets {
  /** Requests that were sent. */
  requests = 0;
  /** Requests that were sent while no other was under way: as often somebody waited for an answer. */
  roundTrips = 0;
  #underWay = 0;

  readonly openSocket: OpenSocket = async (server, options) => {
    const socket = await openTcpSocket(server, options);
    const sent = new Frames(() => this.#sent());
    const received = new Frames(() => this.#underWay--);
    let announced = 0;
    return {
      read: async (into) => {
        const length = await socket.read(into);
        if (length !== null) received.take(into.subarray(0, length));
        return length;
      },
      write: async (bytes) => {
        // Counted before it is sent: its answer may be read first. What was not sent comes again.
        sent.take(bytes.subarray(announced));
        const length = await socket.write(bytes);
        announced = bytes.length - length;
        return length;
      },
      close: () => socket.close(),
    };
  };

  #sent(): void {
    this.requests += 1;
    if (this.#underWay++ === 0) this.roundTrips += 1;
  }
}

/** Finds the frames in a stream of bytes: each begins with its length, and with the number of its request. */
class Frames {
  readonly #onFrame: () => void;
  #rest = new Uint8Array();
  #isHandshake = true;

  constructor(onFrame: () => void) {
    this.#onFrame = onFrame;
  }

  take(bytes: Uint8Array): void {
    this.#rest = concatenated(this.#rest, bytes);
    while (this.#rest.length >= LENGTH_BYTES + XID_BYTES) {
      const view = new DataView(this.#rest.buffer, this.#rest.byteOffset);
      const end = LENGTH_BYTES + view.getInt32(0);
      if (this.#rest.length < end) return;
      // Pings and notifications have numbers below 0.
      if (!this.#isHandshake && view.getInt32(LENGTH_BYTES) >= 0) this.#onFrame();
      this.#isHandshake = false;
      this.#rest = this.#rest.slice(end);
    }
  }
}

function concatenated(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
