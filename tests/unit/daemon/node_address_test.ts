import assert from "node:assert/strict";
import type { MastersEntry } from "../../../src/config/masters.ts";
import {
  type AddressRequest,
  type NodeAddress,
  possibleAddresses,
} from "../../../src/daemon/node_address.ts";
import { testConfiguration } from "./fakes.ts";

const MASTERS: MastersEntry[] = [
  { host: "far.example", webuiPort: 8081, line: 1 },
  { host: "near.example", webuiPort: 8081, line: 2 },
  { host: "near.example", webuiPort: 8082, line: 3 },
  { host: "near.example", line: 4 },
];

function addresses(
  request: AddressRequest,
  changes: Parameters<typeof testConfiguration>[0] = { rest: { port: 9999 } },
): NodeAddress[] {
  return possibleAddresses(request, {
    configuration: testConfiguration(changes),
    masters: MASTERS,
    isLocal: (host) => host === "near.example",
  });
}

Deno.test("possibleAddresses() gives the lines of this host in their order", () => {
  assert.deepEqual(addresses({}), [
    { host: "near.example", webuiPort: 8081 },
    { host: "near.example", webuiPort: 8082 },
    { host: "near.example", webuiPort: 9999 },
  ]);
});

Deno.test("possibleAddresses() gives exactly what was asked for", () => {
  const asked = { host: "other.example", webuiPort: 7 };
  assert.deepEqual(addresses(asked), [asked]);
  assert.deepEqual(addresses(asked, { mode: { kind: "none" } }), [asked]);
});

Deno.test("possibleAddresses() completes a host by its lines, or by rest.port", () => {
  assert.deepEqual(addresses({ host: "far.example" }), [{ host: "far.example", webuiPort: 8081 }]);
  assert.deepEqual(addresses({ host: "new.example" }), [{ host: "new.example", webuiPort: 9999 }]);
});

Deno.test("possibleAddresses() completes a port by the line of this host that has it", () => {
  assert.deepEqual(addresses({ webuiPort: 8082 }), [{ host: "near.example", webuiPort: 8082 }]);
});

Deno.test("possibleAddresses() gives nothing when no line names this host", () => {
  assert.deepEqual(addresses({ webuiPort: 4 }), []);
});

Deno.test("possibleAddresses() ignores the masters file without high availability", () => {
  assert.deepEqual(addresses({}, { mode: { kind: "none" } }), [
    { host: "localhost", webuiPort: 8081 },
  ]);
});
