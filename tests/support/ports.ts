/// <reference lib="deno.unstable" />
// Below 32768 on purpose: from there up the kernel hands out ports to clients, and one of those may
// take a server's port while the server restarts.
const FIRST = 10_000;
const BLOCK_LENGTH = 256;
const BLOCK_COUNT = 88;

// `deno test --parallel` loads this module once for each file, and other runs may share the host. While a
// server is down or not up yet, its port must be nobody else's: a block of ports belongs to who has bound
// the datagram port of its first number, until the kernel takes that back. Taken here, and not by
// the first test that asks, which would be blamed for leaving it open.
const block = shuffled(takeBlock());

/** A loopback port that was free a moment ago, and is given to nobody else while this program runs. */
export function freePort(): number {
  for (let attempt = 0; attempt < BLOCK_LENGTH; attempt++) {
    const port = block.shift()!;
    // Last in turn from now on.
    block.push(port);
    if (isFree(port)) return port;
  }
  throw new Error(`Cannot find a free port: ${BLOCK_LENGTH} around ${block[0]} are taken`);
}

/** Several ports at once, all different. */
export function freePorts(count: number): number[] {
  return Array.from({ length: count }, freePort);
}

/** The ports of a block that nobody holds, from now on our own. */
function takeBlock(): number[] {
  for (const index of shuffled(numbers(BLOCK_COUNT))) {
    const first = FIRST + index * BLOCK_LENGTH;
    if (holds(first)) return numbers(BLOCK_LENGTH).map((offset) => first + offset);
  }
  throw new Error(`All ports from ${FIRST} up are spoken for`);
}

function holds(first: number): boolean {
  try {
    Deno.listenDatagram({ hostname: "127.0.0.1", port: first, transport: "udp" });
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function shuffled(numbers: readonly number[]): number[] {
  return numbers.map((number) => ({ number, place: Math.random() }))
    .sort((one, other) => one.place - other.place)
    .map(({ number }) => number);
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
