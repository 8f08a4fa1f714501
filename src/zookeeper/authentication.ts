/** What an authentication may send on a connection before any other request. */
export interface AuthenticationChannel {
  /** An auth packet; resolves when the server accepts it. */
  auth(scheme: string, credentials: Uint8Array): Promise<void>;
  /** One SASL token to the server; resolves with the server's next one. */
  sasl(token: Uint8Array): Promise<Uint8Array>;
}

/**
 * How a session proves who it is. Runs anew on each connection, since a server forgets it with the
 * connection; an error from the server ends the session as "auth-failed".
 */
export interface Authentication {
  /** Proves it, on a connection on which nothing else was sent. */
  authenticate(channel: AuthenticationChannel): Promise<void>;
}

/** ZooKeeper's own scheme `digest`, or another that takes one packet. The secret goes in clear. */
export function schemeAuthentication(scheme: string, credentials: string): Authentication {
  const bytes = new TextEncoder().encode(credentials);
  return { authenticate: (channel) => channel.auth(scheme, bytes) };
}

/** Authentication by user and password; ACLs hold their digest. */
export function digestAuthentication(user: string, password: string): Authentication {
  return schemeAuthentication("digest", `${user}:${password}`);
}
