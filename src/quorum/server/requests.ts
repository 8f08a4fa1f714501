import { ErrorCode, OpCode, SpecialXid } from "../../zookeeper/wire/constants.ts";
import { type Codec, nothing } from "../../zookeeper/wire/codec.ts";
import { JuteReader, ProtocolError } from "../../zookeeper/wire/jute_reader.ts";
import { authRequest, saslToken, whoAmIResponse } from "../../zookeeper/wire/records.ts";
import { type Connection, NOTHING_SHOWN } from "./connection.ts";
import { identify, userName } from "./identities.ts";
import type { Outcome } from "./ledger.ts";
import { SERVED_OPERATIONS, type ServedOperation } from "./operation_table.ts";
import type { ServerParts } from "./server_parts.ts";

/** What ZooKeeper 3.8 sends where it knows no transaction. */
const NO_ZXID = -1n;

/** A body that is not what its operation says. */
const UNDECODABLE = Symbol("undecodable");

interface Request {
  readonly xid: number;
  readonly operation: number;
  readonly reader: JuteReader;
  readonly served: ServedOperation;
}

/**
 * Answers one request of a connection whose session is established.
 * @throws {ProtocolError} if the frame has not even a header, or an auth packet cannot be decoded.
 */
export function answerRequest(frame: Uint8Array, client: Connection, parts: ServerParts): void {
  const reader = new JuteReader(frame);
  const xid = reader.readInt();
  const operation = reader.readInt();
  const served = SERVED_OPERATIONS.get(operation);
  if (served === undefined) return refuseUnknown(xid, operation, client, parts);
  const request = { xid, operation, reader, served };
  switch (served.kind) {
    case "write":
      return write(request, client, parts);
    case "read":
      return read(request, client, parts);
    case "own":
      return OWN_OPERATIONS[operation]!(request, client, parts);
  }
}

function write(request: Request, client: Connection, parts: ServerParts): void {
  const { ledger } = parts;
  const body = decode(request);
  const outcome = body === UNDECODABLE
    ? ledger.write(OpCode.error, { error: ErrorCode.MarshallingError }, client.author)
    : ledger.write(request.operation, body, client.author);
  answer(request, outcome, client, parts);
}

function read(request: Request, client: Connection, parts: ServerParts): void {
  const { ledger } = parts;
  const body = decode(request);
  const outcome = body === UNDECODABLE
    ? undecodable(parts)
    : ledger.read(request.operation, body, client.author, client);
  answer(request, outcome, client, parts);
}

type OwnOperation = (request: Request, client: Connection, parts: ServerParts) => void;

const OWN_OPERATIONS: Readonly<Record<number, OwnOperation>> = {
  // What is durable is told: a client whose server's disk is slow need not fear for its session.
  [OpCode.ping]: (_request, client, parts) => {
    const zxid = parts.gate.durableZxid;
    const header = { xid: SpecialXid.ping, zxid, error: 0 };
    client.statistics.lastOperation = "PING";
    client.send(parts.frames.reply(header, nothing, undefined), NOTHING_SHOWN);
  },
  // What was written before is in the log before this reply is sent, and that is all there is to wait for.
  [OpCode.sync]: (request, client, parts) => {
    const body = decode(request);
    const outcome = body === UNDECODABLE ? undecodable(parts) : found(parts, body);
    answer(request, outcome, client, parts);
  },
  [OpCode.whoAmI]: (request, client, parts) => {
    const clients = client.author.identities.map((id) => ({
      scheme: id.scheme,
      user: userName(id),
    }));
    answer(request, found(parts, { clients }), client, parts, whoAmIResponse as Codec<unknown>);
  },
  [OpCode.auth]: authenticate,
  // A server without SASL says that nothing more is wanted (ZooKeeperServer.processSasl).
  [OpCode.sasl]: ({ xid }, client, { frames }) => {
    const header = { xid, zxid: 0n, error: 0 };
    client.send(frames.reply(header, saslToken, { token: null }), NOTHING_SHOWN);
  },
  [OpCode.closeSession]: (request, client, parts) => {
    const outcome = parts.ledger.closeSession(client.author.sessionId);
    answer(request, outcome, client, parts);
    client.sessionClosed();
  },
};

function authenticate({ xid, reader }: Request, client: Connection, parts: ServerParts): void {
  const { frames, statistics, settings: { superDigest } } = parts;
  const ids = identify(authRequest.read(reader), { host: client.channel.peer.host, superDigest });
  const isAccepted = ids !== undefined && client.addIdentities(ids);
  const error = isAccepted ? 0 : ErrorCode.AuthFailed;
  client.send(frames.reply({ xid, zxid: 0n, error }, nothing, undefined), NOTHING_SHOWN);
  if (isAccepted) return;
  statistics.authenticationFailures++;
  client.refuse("its identity is not accepted");
}

/** ZooKeeper answers with an error, and then hangs up. */
function refuseUnknown(
  xid: number,
  operation: number,
  client: Connection,
  { frames }: ServerParts,
): void {
  const header = { xid, zxid: NO_ZXID, error: ErrorCode.Unimplemented };
  client.send(frames.reply(header, nothing, undefined), NOTHING_SHOWN);
  client.refuse(`operation ${operation} is unknown`);
}

function answer(
  { xid, served }: Request,
  { zxid, reply }: Outcome,
  client: Connection,
  { frames }: ServerParts,
  codec: Codec<unknown> = served.response,
): void {
  const { statistics } = client;
  statistics.lastOperation = served.shortName;
  statistics.lastXid = xid;
  statistics.lastZxid = zxid;
  const body = reply.error === 0 ? reply.body : undefined;
  client.send(frames.reply({ xid, zxid, error: reply.error }, codec, body), zxid);
}

function found({ ledger: { database } }: ServerParts, body: unknown): Outcome {
  return { zxid: database.lastZxid, reply: { error: 0, body } };
}

function undecodable({ ledger: { database } }: ServerParts): Outcome {
  return { zxid: database.lastZxid, reply: { error: ErrorCode.MarshallingError } };
}

function decode({ served, reader }: Request): unknown {
  try {
    return served.request.read(reader);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return UNDECODABLE;
  }
}
