import assert from "node:assert/strict";
import { fullRanges, takenPorts } from "../../../../src/cli/doctor/local_ports.ts";
import { parsePortRange } from "../../../../src/config/port_range.ts";
import { freePorts } from "../../../support/ports.ts";
import { master, silent } from "../../daemon/doctor/cluster_facts.ts";

const LOOPBACK = "127.0.0.1";

function ports(range: string, { web, kind = "zookeeper" }: { web?: string; kind?: string } = {}) {
  return {
    highAvailability: { mode: { kind }, jobmanagerPort: parsePortRange(range) },
    jobmanager: { rpcPort: 1, bindHost: LOOPBACK },
    rest: {
      bindAddress: LOOPBACK,
      ...(web === undefined ? {} : { bindPort: parsePortRange(web) }),
    },
  } as unknown as Parameters<typeof takenPorts>[0];
}

Deno.test("takenPorts() names the ports of missing masters that others hold", () => {
  const [taken, free] = freePorts(2) as [number, number];
  using _ = Deno.listen({ hostname: LOOPBACK, port: taken });
  const missing = [`a:${taken}`, `a:${free}`, "a"].map((name) =>
    master(name, silent(), { isRegistered: false })
  );
  const hanging = master(`a:${taken}`, silent());
  assert.deepEqual(takenPorts(ports("0"), [hanging]), []);
  assert.deepEqual(takenPorts(ports("0"), missing), [{ master: `a:${taken}`, port: taken }]);
  // Then any port of the range will do.
  assert.deepEqual(takenPorts(ports("0", { web: "1-2" }), missing), []);
});

Deno.test("fullRanges() counts free ports against the masters that need one", () => {
  const [taken, free] = freePorts(2) as [number, number];
  using _ = Deno.listen({ hostname: LOOPBACK, port: taken });
  const range = `${taken},${free}`;
  assert.deepEqual(fullRanges(ports(range), 0), []);
  assert.deepEqual(fullRanges(ports(range), 1), []);
  const key = "high-availability.jobmanager.port";
  assert.deepEqual(fullRanges(ports(range), 2), [{ key, range, needed: 2, free: 1 }]);
  assert.deepEqual(fullRanges(ports(`${taken},0`), 9), []);
  const web = { key: "rest.bind-port", range: String(taken), needed: 1, free: 0 };
  assert.deepEqual(fullRanges(ports("0", { web: String(taken) }), 1), [web]);
});
