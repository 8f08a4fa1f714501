/** The other end of a connection. */
export interface Peer {
  /** An IPv4 address as such, also where it came to a socket for both families. */
  readonly host: string;
  readonly port: number;
}

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

export function peerOf({ hostname, port }: Deno.NetAddr): Peer {
  return { host: MAPPED.exec(hostname)?.[1] ?? hostname, port };
}

/** As ZooKeeper writes a peer: `/127.0.0.1:40000`. */
export function formatPeer({ host, port }: Peer): string {
  return `/${host.includes(":") ? `[${host}]` : host}:${port}`;
}
