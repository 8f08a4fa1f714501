// Below 32768 on purpose: from there up the kernel hands out ports to clients, and one of those may
// take a server's port while the server restarts.
const FIRST = 10_000;
const LAST = 32_767;
const ATTEMPTS = 200;

const handedOut = new Set<number>();

/** A loopback port that was free a moment ago and that this process has not been given before. */
export function freePort(): number {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST + 1));
    if (handedOut.has(port) || !isFree(port)) continue;
    handedOut.add(port);
    return port;
  }
  throw new Error(`Cannot find a free port: ${ATTEMPTS} between ${FIRST} and ${LAST} were taken`);
}

/** Several ports at once, all different. */
export function freePorts(count: number): number[] {
  return Array.from({ length: count }, freePort);
}

function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "0.0.0.0", port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}
