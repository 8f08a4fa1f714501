import { toErrorCode, ZkError, type ZkErrorCode } from "./errors.ts";
import { type JuteReader, ProtocolError } from "./wire/jute_reader.ts";
import type { Operation } from "./wire/operations.ts";

/** A request as the connection sees it. */
export interface Call<Request, Response> {
  operation: Operation<Request, Response>;
  body: Request;
  path?: string;
  /** A special xid, for packets whose replies come outside the order of requests. */
  specialXid?: number;
  /**
   * Runs with the reply's error code (0 for success) before anything behind it is read: a watch must
   * be known before the event that may lie in the next frame.
   */
  onReply?: (error: number) => void;
}

interface Pending {
  xid: number;
  call: Call<unknown, unknown>;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

/** Calls that wait for their replies. Ordinary ones are answered in the order of their requests. */
export class PendingCalls {
  readonly #ordered: Pending[] = [];
  readonly #special: Pending[] = [];

  /** Registers a call under the xid of its request. */
  add<Request, Response>(xid: number, call: Call<Request, Response>): Promise<Response> {
    return new Promise<Response>((resolve, reject) => {
      const queue = xid > 0 ? this.#ordered : this.#special;
      queue.push({ xid, call, resolve, reject } as Pending);
    });
  }

  /**
   * Settles the call that a reply is for.
   * @throws {ProtocolError} if no call waits for it, or its body cannot be read
   */
  settle(reply: { xid: number; error: number }, body: JuteReader): void {
    const { call, resolve, reject } = this.#take(reply.xid);
    call.onReply?.(reply.error);
    if (reply.error !== 0) return reject(failure(call, toErrorCode(reply.error)));
    try {
      resolve(call.operation.response.read(body));
    } catch (cause) {
      reject(failure(call, "MarshallingError", cause));
      throw cause;
    }
  }

  /** Fails the next ordinary call if it has this xid; the others are left as they are. */
  failNext(xid: number, code: ZkErrorCode, cause: Error): void {
    if (this.#ordered[0]?.xid !== xid) return;
    const { call, reject } = this.#take(xid);
    reject(failure(call, code, cause));
  }

  /** Fails everything that waits. */
  failAll(code: ZkErrorCode, cause: Error): void {
    for (const { call, reject } of [...this.#special.splice(0), ...this.#ordered.splice(0)]) {
      reject(failure(call, code, cause));
    }
  }

  #take(xid: number): Pending {
    const queue = xid > 0 ? this.#ordered : this.#special;
    const at = xid > 0 ? 0 : queue.findIndex((pending) => pending.xid === xid);
    const pending = queue[at];
    if (pending?.xid !== xid) {
      throw new ProtocolError(
        `Cannot take reply: xid ${xid} came, ${pending?.xid ?? "none"} was due`,
      );
    }
    queue.splice(at, 1);
    return pending;
  }
}

/** The error of a call that did not succeed. */
export function failure<Request, Response>(
  { operation, path }: Call<Request, Response>,
  code: ZkErrorCode,
  cause?: unknown,
): ZkError {
  return new ZkError(code, { operation: operation.name, path, cause });
}
