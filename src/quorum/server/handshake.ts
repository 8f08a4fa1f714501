import { JuteReader } from "../../zookeeper/wire/jute_reader.ts";
import { JuteWriter } from "../../zookeeper/wire/jute_writer.ts";
import {
  type ConnectRequest,
  connectRequestStart,
  connectResponse,
  connectResponseStart,
} from "../../zookeeper/wire/records.ts";

/** How a client begins; clients older than 3.4 say nothing of read-only servers, and are told nothing. */
export type Greeting = ConnectRequest & { readonly knowsReadOnly: boolean };

/** The session that a client was given; with a timeout of 0 there is none. */
export interface Welcome {
  readonly timeoutMs: number;
  readonly sessionId: bigint;
  readonly password: Uint8Array;
}

/** The answer for a session that does not exist, or whose password is another. */
export const NO_SESSION: Welcome = {
  timeoutMs: 0,
  sessionId: 0n,
  password: new Uint8Array(16),
};

/** @throws {ProtocolError} if the bytes are no ConnectRequest. */
export function readGreeting(frame: Uint8Array): Greeting {
  const reader = new JuteReader(frame);
  const start = connectRequestStart.read(reader);
  const knowsReadOnly = reader.remaining > 0;
  return { ...start, knowsReadOnly, isReadOnlyAllowed: knowsReadOnly && reader.readBoolean() };
}

/** A ConnectResponse in its frame: 37 bytes, or 36 for a client that sent 44. */
export function welcomeFrame(welcome: Welcome, greeting: Greeting): Uint8Array {
  const writer = new JuteWriter();
  const response = { protocolVersion: 0, ...welcome };
  if (greeting.knowsReadOnly) connectResponse.write(writer, { ...response, isReadOnly: false });
  else connectResponseStart.write(writer, response);
  return writer.finishFrame();
}
