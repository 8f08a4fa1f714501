/// <reference lib="deno.unstable" />
import { until } from "./until.ts";

// Below 32768 on purpose: from there up the kernel hands out ports to clients, and one of those may
// take a server's port while the server restarts.
const FIRST = 10_000;
const BLOCK_LENGTH = 256;
const BLOCK_COUNT = 88;
// The number of a socket, its address, its port in hexadecimal digits, its peer's, and a state that is not
// TIME_WAIT, which leaves the port to a listener.
const LOCAL_PORT = /^ *\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F:]+ (?!06)/gm;
const LISTENING_PORT = /^ *\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F:]+ 0A/gm;

// `deno test --parallel` loads this module once for each file, and other runs may share the host. While a
// server is down or not up yet, its port must be nobody else's: a block of ports belongs to who has bound
// the datagram port of its first number, until the kernel takes that back. Taken here, and not by
// the first test that asks, which would be blamed for leaving it open.
const block = shuffled(takeBlock());

/** A loopback port that was free a moment ago, and is given to nobody else while this program runs. */
export function freePort(): number {
  return freePorts(1)[0]!;
}

/** Several ports at once, all different as long as there are so many. */
export function freePorts(count: number): number[] {
  const taken = takenPorts();
  const ports: number[] = [];
  for (let attempt = 0; ports.length < count; attempt++) {
    if (attempt === count + BLOCK_LENGTH) {
      throw new Error(`No ${count} ports around ${block[0]} are free`);
    }
    const port = block.shift()!;
    // Last in turn from now on.
    block.push(port);
    if (!taken.has(port)) ports.push(port);
  }
  return ports;
}

/**
 * Listens on a port where this program has listened before; waits until it is really free, 10 seconds
 * at most, for the reason told at `takenPorts`.
 */
export function listenAgain(port: number, hostname = "127.0.0.1"): Promise<Deno.TcpListener> {
  return until(() => Deno.listen({ hostname, port }), () => true, { intervalMs: 5 });
}

/** Waits until nobody listens on a port any more, 10 seconds at most, for whoever cannot try again himself. */
export async function untilFree(port: number): Promise<void> {
  await until(() => takenPorts(LISTENING_PORT), (taken) => !taken.has(port), { intervalMs: 5 });
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

/**
 * Looked up and not tried: a socket that this program closes lives on, for milliseconds, in a process
 * that another test file's thread has just forked, and would itself be what takes the port.
 */
function takenPorts(socket = LOCAL_PORT): Set<number> {
  const locals = ["tcp", "tcp6"].flatMap((family) => [...table(family).matchAll(socket)]);
  return new Set(locals.map(([, port]) => parseInt(port!, 16)));
}

/** The sockets of a family as the kernel lists them (`proc_pid_net(5)`); none where it has no such family. */
function table(family: string): string {
  try {
    return Deno.readTextFileSync(`/proc/net/${family}`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
