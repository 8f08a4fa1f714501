import type { Codec } from "../../../src/zookeeper/wire/codec.ts";
import { JuteReader } from "../../../src/zookeeper/wire/jute_reader.ts";
import { JuteWriter } from "../../../src/zookeeper/wire/jute_writer.ts";
import { type Operation, operations } from "../../../src/zookeeper/wire/operations.ts";
import * as records from "../../../src/zookeeper/wire/records.ts";

/** A request as a server reads it. */
export interface FakeRequest {
  xid: number;
  operation: keyof typeof operations;
  // Each operation has fields of its own; a test knows which.
  // deno-lint-ignore no-explicit-any
  body: any;
}

export const STAT: records.Stat = {
  czxid: 1n,
  mzxid: 2n,
  ctime: 3n,
  mtime: 4n,
  version: 5,
  cversion: 6,
  aversion: 7,
  ephemeralOwner: 0n,
  dataLength: 0,
  numChildren: 0,
  pzxid: 8n,
};

/** What the server says to a request when a test does not care. */
const USUAL_ANSWERS: Partial<Record<keyof typeof operations, unknown>> = {
  getData: { data: new Uint8Array([1]), stat: STAT },
  setData: { stat: STAT },
  exists: { stat: STAT },
  create2: { path: "/created", stat: STAT },
  getChildren2: { children: ["a"], stat: STAT },
  sync: { path: "/" },
  addWatch: { error: 0 },
};

/** The request in a frame. */
export function requestOf(payload: Uint8Array): FakeRequest {
  const reader = new JuteReader(payload);
  const { xid, operation: code } = records.requestHeader.read(reader);
  const operation = Object.values(operations as Record<string, Operation<unknown, unknown>>)
    .find((each) => each.code === code);
  if (operation === undefined) throw new Error(`A client sent operation ${code}`);
  const body = operation.request.read(reader);
  if (reader.remaining > 0) throw new Error(`A client sent more than a ${operation.name}`);
  return { xid, operation: operation.name as keyof typeof operations, body };
}

/** The reply to a request, with its usual answer unless another is given. */
export function replyFrame(
  request: FakeRequest,
  options: { answer?: unknown; error?: number; zxid?: bigint; xid?: number } = {},
): Uint8Array {
  const { error = 0, zxid = 100n, xid = request.xid } = options;
  const writer = new JuteWriter();
  records.replyHeader.write(writer, { xid, zxid, error });
  if (error === 0) {
    const codec = operations[request.operation].response as Codec<unknown>;
    codec.write(writer, options.answer ?? USUAL_ANSWERS[request.operation]);
  }
  return writer.finishFrame();
}

/** A notification. */
export function eventFrame(type: number, path: string): Uint8Array {
  const writer = new JuteWriter();
  records.replyHeader.write(writer, { xid: -1, zxid: -1n, error: 0 });
  records.watcherEvent.write(writer, { type, state: 3, path });
  return writer.finishFrame();
}

export function connectResponseFrame(
  response: Partial<records.ConnectResponse> = {},
): Uint8Array<ArrayBuffer> {
  const writer = new JuteWriter();
  records.connectResponse.write(writer, {
    protocolVersion: 0,
    timeoutMs: 10_000,
    sessionId: 0x1234n,
    password: new Uint8Array(16).fill(7),
    isReadOnly: false,
    ...response,
  });
  return writer.finishFrame();
}
