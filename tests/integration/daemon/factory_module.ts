/**
 * The source of a factory module: every candidate leads at once, and writes what it publishes to
 * `published-<pid>` in the installation folder. Each hook is the body of an async function.
 */
export function factoryModule(
  hooks: {
    open?: string;
    publish?: string;
    release?: string;
    follow?: string;
    close?: string;
  } = {},
) {
  const { open = "", publish = "", release = "", follow = "", close = "" } = hooks;
  return `
export async function createHighAvailabilityServices(configuration, { signal }) {
  ${open}
  let elected = false;
  return {
    async campaign({ signal }) {
      if (elected) await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      elected = true;
      return {
        leaderSessionId: crypto.randomUUID(),
        epoch: 1n,
        lost: new AbortController().signal,
        async publish(address) {
          await Deno.writeTextFile(configuration.confDir + "/../published-" + Deno.pid, JSON.stringify(address));
          ${publish}
        },
        async release() { ${release} },
      };
    },
    async *followLeader({ signal }) {
      yield undefined;
      ${follow}
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
    async [Symbol.asyncDispose]() { ${close} },
  };
}
`;
}

/** flink-conf.yaml for such a module in the installation folder. */
export const FACTORY_CONF =
  "high-availability: ./factory.js\nhigh-availability.cluster-id: /test\n";
