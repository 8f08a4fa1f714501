import { resolveHost } from "zookeeper";
import { withLimit } from "../../async/abortable.ts";
import { inParallel } from "../../async/in_parallel.ts";
import { localHostTest } from "../../daemon/local_host.ts";
import { isIPv6 } from "../../config/host_port.ts";
import type { ResolveHost } from "./master_call.ts";
import type { HostIdentity } from "./worker_count.ts";

export interface HostNamesOptions {
  isLocal?: (host: string) => boolean;
  /** Of this machine. */
  addresses?: readonly string[];
  resolve?: ResolveHost;
}

/** More are not looked up: that many names that differ are no matter of spelling. */
const MAX_LOOKUPS = 500;
const PARALLEL_LOOKUPS = 16;
const LOOKUP_LIMIT_MS = 2000;

/** Tells which names mean the same host; what was found out once is not asked again. */
export class HostNames {
  readonly #isLocal: (host: string) => boolean;
  readonly #ownAddresses: readonly string[];
  readonly #resolve: ResolveHost;
  readonly #found = new Map<string, readonly string[]>();

  constructor(options: HostNamesOptions = {}) {
    this.#isLocal = options.isLocal ?? localHostTest();
    this.#ownAddresses = options.addresses ??
      Deno.networkInterfaces().map(({ address }) => address);
    this.#resolve = options.resolve ?? resolveHost;
  }

  /** What is known of a host without looking it up. */
  identify(host: string): HostIdentity {
    const isLocal = this.#isLocal(host);
    const found = isLocal ? this.#ownAddresses : this.#found.get(host) ?? [];
    return { isLocal, addresses: found.map(normalAddress).filter(isTelling) };
  }

  /** Looks up the names that are not known yet, for a limited time; those that nobody knows stay unknown. */
  async lookUp(
    hosts: Iterable<string>,
    { signal, limitMs: timeoutMs = LOOKUP_LIMIT_MS }: { signal: AbortSignal; limitMs?: number },
  ): Promise<void> {
    const unknown = [...new Set(hosts)].filter((host) =>
      !this.#found.has(host) && !this.#isLocal(host)
    ).slice(0, MAX_LOOKUPS);
    const lookUpAll = (signal: AbortSignal) =>
      inParallel(unknown, PARALLEL_LOOKUPS, async (host) => {
        if (signal.aborted) return;
        const addresses = await this.#resolve(host).catch(() => undefined);
        if (addresses !== undefined) this.#found.set(host, addresses);
      });
    try {
      await withLimit(lookUpAll, { act: "Looking up hosts", timeoutMs, signal });
    } catch {
      signal.throwIfAborted();
    }
  }
}

function normalAddress(address: string): string {
  return isIPv6(address) ? new URL(`http://[${address}]/`).hostname : address;
}

// Every host has the others, so that they tell nothing.
function isTelling(address: string): boolean {
  return !/^127\.|^\[::1\]$|^\[fe80:/.test(address);
}
