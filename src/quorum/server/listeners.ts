/** Nobody can connect: the address is not to be had. */
export class ListenError extends Error {
  override readonly name = "ListenError";
}

interface Address {
  readonly host?: string;
  readonly port: number;
}

/**
 * Listens where clients are to connect: without a host on all addresses of both families, and for
 * `localhost` on the loopback of both.
 * @throws {ListenError} if the port is taken or the address is none of this host.
 */
export function listenAt({ host, port }: Address): Deno.TcpListener[] {
  if (host === undefined || host === "::") return [listenEverywhere(port)];
  if (host !== "localhost") return [listen(host, port)];
  const first = listen("127.0.0.1", port);
  try {
    // The same port for both, also where any free one was asked for.
    return [first, listen("::1", (first.addr as Deno.NetAddr).port)];
  } catch (error) {
    if (isWithoutIpv6(error)) return [first];
    first.close();
    throw error;
  }
}

function listenEverywhere(port: number): Deno.TcpListener {
  try {
    return listen("::", port);
  } catch (error) {
    if (isWithoutIpv6(error)) return listen("0.0.0.0", port);
    throw error;
  }
}

function listen(hostname: string, port: number): Deno.TcpListener {
  try {
    return Deno.listen({ hostname, port });
  } catch (cause) {
    const where = `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
    throw new ListenError(`Cannot listen on ${where}: ${reasonOf(cause)}`, { cause });
  }
}

function reasonOf(cause: unknown): string {
  if (cause instanceof Deno.errors.AddrInUse) {
    return "another process has the port; stop it, or choose another clientPort";
  }
  if (cause instanceof Deno.errors.AddrNotAvailable) return "this host does not have that address";
  return cause instanceof Error ? cause.message : String(cause);
}

// EAFNOSUPPORT is no error of a name in Deno.
function isWithoutIpv6(error: unknown): boolean {
  const cause = error instanceof ListenError ? error.cause : error;
  return cause instanceof Deno.errors.AddrNotAvailable ||
    cause instanceof Error && "code" in cause && cause.code === "EAFNOSUPPORT";
}
