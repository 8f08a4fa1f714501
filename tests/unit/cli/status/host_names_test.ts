import assert from "node:assert/strict";
import { HostNames } from "../../../../src/cli/status/host_names.ts";

const signal = new AbortController().signal;

function hostNames(resolve: (host: string) => Promise<readonly string[]>): HostNames {
  const isLocal = (host: string) => host === "localhost";
  return new HostNames({ isLocal, addresses: ["127.0.0.1", "10.0.0.9", "::1"], resolve });
}

Deno.test("HostNames.identify() knows this machine and its addresses, without those that all have", () => {
  const names = hostNames(() => Promise.resolve([]));
  assert.deepEqual(names.identify("localhost"), { isLocal: true, addresses: ["10.0.0.9"] });
  assert.deepEqual(names.identify("w"), { isLocal: false, addresses: [] });
});

Deno.test("HostNames.lookUp() asks for each name once, and again for those that nobody knew", async () => {
  const asked: string[] = [];
  const names = hostNames((host) => {
    asked.push(host);
    return host === "w" ? Promise.resolve(["2001:DB8:0::1"]) : Promise.reject(new Error("no"));
  });
  await names.lookUp(["w", "w", "x", "localhost"], { signal });
  await names.lookUp(["w", "x"], { signal });
  assert.deepEqual(asked, ["w", "x", "x"]);
  assert.deepEqual(names.identify("w").addresses, ["[2001:db8::1]"]);
  assert.deepEqual(names.identify("x").addresses, []);
});

Deno.test("HostNames.lookUp() waits for no resolver that is silent, and ends when interrupted", async () => {
  const names = hostNames(() => new Promise(() => {}));
  await names.lookUp(["w"], { signal, limitMs: 1 });
  const stop = AbortSignal.abort(new Error("enough"));
  await assert.rejects(names.lookUp(["w"], { signal: stop }), /enough/);
});
