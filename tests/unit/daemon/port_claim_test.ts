import assert from "node:assert/strict";
import { claimPort } from "../../../src/daemon/port_claim.ts";
import { StartError } from "../../../src/daemon/start_error.ts";
import { recordedLog } from "./fakes.ts";

function claim(ports: number[], bind: (port: number) => number) {
  const { logger, lines } = recordedLog();
  const claimed = () =>
    claimPort({
      candidates: ports.map((port) => ({ port })),
      bind: ({ port }) => bind(port),
      server: "RPC server",
      exhausted: "No port of 1-3",
      logger,
    });
  return { claimed, lines };
}

const taken = () => {
  throw new Deno.errors.AddrInUse("Address already in use (os error 98)");
};

Deno.test("claimPort() takes the first free port in the order given, and logs each attempt", () => {
  const { claimed, lines } = claim([3, 1, 2], (port) => port === 3 ? taken() : port);
  assert.equal(claimed(), 1);
  assert.deepEqual(lines.map((line) => /port=(\d)/.exec(line)?.[1]), ["3", "1"]);
});

Deno.test("claimPort() passes over a port that needs a privilege", () => {
  const { claimed } = claim([1, 2], (port) => {
    if (port === 1) throw new Deno.errors.PermissionDenied("Permission denied (os error 13)");
    return port;
  });
  assert.equal(claimed(), 2);
});

Deno.test("claimPort() fails with the given message and the last cause when no port is left", () => {
  const { claimed } = claim([1, 2], taken);
  assert.throws(
    claimed,
    (error) =>
      error instanceof StartError && error.message === "No port of 1-3" &&
      error.cause instanceof Deno.errors.AddrInUse,
  );
});

Deno.test("claimPort() fails without any port to try", () => {
  assert.throws(claim([], taken).claimed, StartError);
});

Deno.test("claimPort() tries no other port after an error that another port cannot mend", () => {
  const { claimed, lines } = claim([1, 2], () => {
    throw new Deno.errors.AddrNotAvailable("Cannot assign requested address (os error 99)");
  });
  assert.throws(claimed, /Cannot bind the RPC server to port 1/);
  assert.equal(lines.length, 1);
});
