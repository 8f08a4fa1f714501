import type { AuthenticationChannel } from "./authentication.ts";
import { Connection, type FrameLimits, type Notification } from "./connection.ts";
import { formatServer, type Server } from "./connect_string.ts";
import { orAborted, withinLimit } from "./deadline.ts";
import type { OpenSocket, ResolveHost } from "./transport.ts";
import { SpecialXid } from "./wire/constants.ts";
import { operations } from "./wire/operations.ts";
import type { ConnectRequest, ConnectResponse } from "./wire/records.ts";
import type { WatchBatch } from "./watches.ts";

/** How to reach a server and what to say first. */
export interface Attachment {
  server: Server;
  request: ConnectRequest;
  limitMs: number;
  limits: FrameLimits;
  openSocket: OpenSocket;
  resolveHost: ResolveHost;
  onNotification: (notification: Notification) => void;
  signal: AbortSignal;
}

/** A connection on which the handshake was answered; what the answer says is for the caller to judge. */
export interface Attached {
  connection: Connection;
  response: ConnectResponse;
  /** The monotonic clock just before the ConnectRequest left. */
  sentAt: number;
}

/** The ConnectRequest left on an open connection, and may have reached the server: nothing came back. */
export class UnansweredError extends Error {
  override name = "UnansweredError";
}

/**
 * Opens a connection and shakes hands. One limit covers the name, TCP and the answer together,
 * since a frozen server still accepts; the addresses of the name share it.
 * @throws {UnansweredError} if that was the end of it at any of the addresses
 */
export function attach(attachment: Attachment): Promise<Attached> {
  const { server, limitMs, signal } = attachment;
  const reason = new Error(`Server ${formatServer(server)} did not answer within ${limitMs} ms`);
  return withinLimit({ ms: limitMs, reason, signal }, async (limit) => {
    const addresses = await orAborted(attachment.resolveHost(server.hostname), limit);
    let failure: unknown = new Error(`Server ${server.hostname} has no address`);
    for (const [index, hostname] of addresses.entries()) {
      const shareMs = Math.ceil(limitMs / (addresses.length - index));
      try {
        return await withinLimit(
          { ms: shareMs, reason, signal: limit },
          (share) => attachTo({ hostname, port: server.port }, attachment, share),
        );
      } catch (error) {
        if (!(failure instanceof UnansweredError)) failure = error;
        if (limit.aborted) break;
      }
    }
    throw failure;
  });
}

async function attachTo(
  address: Server,
  attachment: Attachment,
  signal: AbortSignal,
): Promise<Attached> {
  const { server, request, limits, onNotification } = attachment;
  const socket = await attachment.openSocket(address, { serverName: server.hostname, signal });
  const connection = new Connection(socket, {
    server,
    limits,
    lastZxid: request.lastZxidSeen,
    onNotification,
  });
  const sentAt = performance.now();
  const response = await connection.handshake(request, signal).catch((error) => {
    throw signal.aborted ? new UnansweredError(error.message, { cause: error }) : error;
  });
  return { connection, response, sentAt };
}

/** What an authentication may do on this connection. */
export function authenticationChannel(connection: Connection): AuthenticationChannel {
  return {
    auth: (scheme, credentials) =>
      connection.call({
        operation: operations.auth,
        body: { type: 0, scheme, credentials },
        specialXid: SpecialXid.auth,
      }),
    async sasl(token) {
      const reply = await connection.call({ operation: operations.sasl, body: { token } });
      return reply.token ?? new Uint8Array();
    },
  };
}

/**
 * Sets watches again. The server answers with an event for each watch whose change was missed since
 * `relativeZxid`, except for persistent ones.
 */
export async function restoreWatches(
  connection: Connection,
  batches: Iterable<WatchBatch>,
  relativeZxid: bigint,
): Promise<void> {
  const replies: Promise<void>[] = [];
  for (const batch of batches) {
    const isPersistent = batch.persistent.length + batch.persistentRecursive.length > 0;
    replies.push(connection.call({
      // Servers before 3.6 do not know the second form, and clients of theirs do not need it.
      operation: isPersistent ? operations.setWatches2 : operations.setWatches,
      body: { relativeZxid, ...batch },
      specialXid: SpecialXid.setWatches,
    }));
  }
  await Promise.all(replies);
}
