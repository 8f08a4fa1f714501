import type { Socket } from "./transport.ts";

/** Sends frames in order; those that are handed over in one turn of the event loop leave in one write. */
export class FrameWriter {
  readonly #socket: Socket;
  readonly #onFailure: (error: unknown) => void;
  #waiting: Uint8Array<ArrayBuffer>[] = [];
  #isWriting = false;

  constructor(socket: Socket, onFailure: (error: unknown) => void) {
    this.#socket = socket;
    this.#onFailure = onFailure;
  }

  send(frame: Uint8Array<ArrayBuffer>): void {
    this.#waiting.push(frame);
    if (this.#isWriting) return;
    this.#isWriting = true;
    this.#writeWaiting().catch(this.#onFailure);
  }

  async #writeWaiting(): Promise<void> {
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const frames = this.#waiting;
      this.#waiting = [];
      await writeAll(this.#socket, frames.length === 1 ? frames[0]! : concat(frames));
    }
    this.#isWriting = false;
  }
}

/** Writes all the bytes; a socket takes as many at a time as it has room for. */
export async function writeAll(socket: Socket, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await socket.write(rest));
}

function concat(frames: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(frames.reduce((sum, frame) => sum + frame.length, 0));
  let at = 0;
  for (const frame of frames) {
    whole.set(frame, at);
    at += frame.length;
  }
  return whole;
}
