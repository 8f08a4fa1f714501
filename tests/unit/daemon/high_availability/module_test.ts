import assert from "node:assert/strict";
import { ConfigError } from "../../../../src/config/config_error.ts";
import { loadModuleFactory } from "../../../../src/daemon/high_availability/module.ts";
import type { HighAvailabilityServices } from "../../../../src/daemon/high_availability/services.ts";
import { recordedLog, testConfiguration } from "../fakes.ts";

const signal = new AbortController().signal;

async function open(specifier: string, isStandalone = false): Promise<HighAvailabilityServices> {
  const create = await loadModuleFactory(specifier, { isStandalone });
  return await create(testConfiguration(), { logger: recordedLog().logger, signal });
}

function moduleOf(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

function factoryThatReturns(services: string): string {
  return moduleOf(`export const createHighAvailabilityServices = () => (${services});`);
}

async function assertRefused(opening: Promise<unknown>, pattern: RegExp): Promise<void> {
  await assert.rejects(opening, (error) => {
    assert.ok(error instanceof ConfigError);
    assert.equal(error.problems[0]?.key, "high-availability");
    assert.match(error.message, pattern);
    return true;
  });
}

const LEADERSHIP = `{
  leaderSessionId: "s-1", epoch: 3n, lost: new AbortController().signal,
  publish: async () => {}, release: async () => {},
}`;

Deno.test("loadModuleFactory() calls the factory with the configuration", async () => {
  const module = moduleOf(`
    export async function createHighAvailabilityServices(configuration, { logger, signal }) {
      logger.info(signal.aborted);
      const { clusterId } = configuration.highAvailability;
      return {
        campaign: () => Promise.resolve(${LEADERSHIP}),
        async *followLeader() { yield { leaderSessionId: "s-1", address: clusterId }; },
      };
    }`);
  await using services = await open(module);
  const leadership = await services.campaign({ participant: "a:1", signal });
  assert.equal(leadership.epoch, 3n);
  assert.equal(leadership.deadline(), Infinity);
  leadership.onRenewal(() => assert.fail("nothing to renew"))();
  assert.deepEqual(services.connection.value, { kind: "none" });
  for await (const leader of services.followLeader({ signal })) {
    assert.equal(leader?.address, "/cluster_one");
  }
});

Deno.test("loadModuleFactory() keeps the methods bound to the object the factory made", async () => {
  const module = factoryThatReturns(`new class {
    #closed = [];
    campaign() { return Promise.resolve(this.#closed); }
    followLeader() { return this.#closed; }
    async [Symbol.asyncDispose]() { this.#closed.push("closed"); }
  }()`);
  const services = await open(module);
  const seen = services.followLeader({ signal }) as unknown as string[];
  await services[Symbol.asyncDispose]();
  assert.deepEqual(seen, ["closed"]);
});

Deno.test("loadModuleFactory() passes on the deadline of a leadership that has one", async () => {
  const module = factoryThatReturns(`{
    async campaign() {
      return { ...${LEADERSHIP}, deadline() { return 42; }, onRenewal(f) { f(); return () => {}; } };
    },
    followLeader() {},
  }`);
  await using services = await open(module);
  await using leadership = await services.campaign({ participant: "a:1", signal });
  assert.equal(leadership.deadline(), 42);
  let renewals = 0;
  leadership.onRenewal(() => renewals++)();
  assert.equal(renewals, 1);
});

Deno.test("loadModuleFactory() names a file that is not there", async () => {
  await assertRefused(
    open("file:///nowhere/factory.js"),
    /^high-availability: the factory module file:\/\/\/nowhere\/factory\.js does not exist$/,
  );
});

Deno.test("loadModuleFactory() refuses a folder", async () => {
  await assertRefused(open(new URL(".", import.meta.url).href), /is not a file$/);
});

Deno.test("loadModuleFactory() names what is exported where the factory is missing", async () => {
  await assertRefused(
    open(moduleOf("export const create = 1; export default 2;")),
    /has no export createHighAvailabilityServices; it exports create, default$/,
  );
  await assertRefused(open(moduleOf("1")), /it exports nothing$/);
});

Deno.test("loadModuleFactory() refuses a factory that is no function", async () => {
  await assertRefused(
    open(moduleOf("export const createHighAvailabilityServices = {};")),
    /but as object: no function$/,
  );
});

Deno.test("loadModuleFactory() tells what is wrong in a module that cannot be loaded", async () => {
  await assertRefused(open(moduleOf("export {")), /cannot be loaded: /);
  await assertRefused(open(moduleOf("throw new Error('not today')")), /loaded: not today$/);
});

Deno.test("loadModuleFactory() tells what a factory threw", async () => {
  const module = moduleOf(
    "export function createHighAvailabilityServices() { throw new Error('no such table'); }",
  );
  await assertRefused(open(module), /failed in createHighAvailabilityServices: no such table$/);
});

Deno.test("loadModuleFactory() refuses services of the wrong shape", async () => {
  await assertRefused(open(factoryThatReturns("null")), /without campaign and followLeader/);
  await assertRefused(
    open(factoryThatReturns("{ campaign() {}, followLeader: 1 }")),
    /without followLeader: /,
  );
});

Deno.test("loadModuleFactory() refuses a leadership of the wrong shape", async () => {
  const module = factoryThatReturns("{ campaign: async () => ({ epoch: 1 }), followLeader() {} }");
  await using services = await open(module);
  await assert.rejects(services.campaign({ participant: "a:1", signal }), /gave no leadership/);
});

Deno.test("loadModuleFactory() refuses what the compiled program cannot load", async () => {
  await assertRefused(open("file:///a/factory.ts", true), /is TypeScript.*give a \.js file/);
  await assertRefused(open("https://example.com/factory.js", true), /no module from the network/);
  const services = await open(factoryThatReturns("{ campaign() {}, followLeader() {} }"), true);
  await services[Symbol.asyncDispose]();
});
