import { LatestValue } from "../../async/latest_value.ts";
import { ConfigError } from "../../config/config_error.ts";
import type { Configuration } from "../../config/configuration.ts";
import type { LeaderInformation, Leadership } from "../../election/leadership.ts";
import type { Logger } from "../../log/logger.ts";
import type { ConnectionState, HighAvailabilityServices } from "./services.ts";

/** The function that a factory module exports, in the place of a Java factory class. */
export type ServicesFactory = (
  configuration: Configuration,
  options: { logger: Logger; signal: AbortSignal },
) => ModuleServices | Promise<ModuleServices>;

export type CreateServices = (
  configuration: Configuration,
  options: { logger: Logger; signal: AbortSignal },
) => Promise<HighAvailabilityServices>;

/** A leadership of someone else's code, which may know of no deadline. */
export type ModuleLeadership =
  & Omit<Leadership, "handover" | "deadline" | "onRenewal">
  & Partial<Pick<Leadership, "deadline" | "onRenewal">>;

/** What the factory returns: as much of the services as someone else's code can be asked for. */
export interface ModuleServices {
  campaign(options: { participant: string; signal: AbortSignal }): Promise<ModuleLeadership>;
  followLeader(options: { signal: AbortSignal }): AsyncIterable<LeaderInformation | undefined>;
  [Symbol.asyncDispose]?(): Promise<void>;
}

const FACTORY_NAME = "createHighAvailabilityServices";

/** Loads a factory module by its URL; returns a function that lets it create the services. */
export async function loadModuleFactory(
  specifier: string,
  options: { isStandalone?: boolean } = {},
): Promise<CreateServices> {
  const { isStandalone = Deno.build.standalone } = options;
  const url = parseModuleUrl(specifier);
  if (isStandalone) rejectUnloadable(specifier, url);
  await rejectMissingFile(specifier, url);
  const factory = await importFactory(specifier, url);
  return async (configuration, options) =>
    adapt(await createServices(factory, specifier, configuration, options));
}

function parseModuleUrl(specifier: string): URL {
  const url = URL.parse(specifier);
  if (url) return url;
  throw moduleError(specifier, "is not a URL");
}

function rejectUnloadable(specifier: string, url: URL): void {
  if (url.protocol === "https:" || url.protocol === "http:") {
    throw moduleError(
      specifier,
      "cannot be loaded by the compiled masterd, which loads no module from the network: " +
        "store the file on this host and give its path",
    );
  }
  if (url.protocol === "file:" && /\.[mc]?tsx?$/.test(url.pathname)) {
    throw moduleError(
      specifier,
      "is TypeScript, which the compiled masterd cannot load: " +
        "give a .js file, for example one made with `deno bundle`",
    );
  }
}

async function rejectMissingFile(specifier: string, url: URL): Promise<void> {
  if (url.protocol !== "file:") return;
  const file = await Deno.stat(url).catch((cause) => {
    const fact = cause instanceof Deno.errors.NotFound ? "does not exist" : "cannot be read";
    throw moduleError(specifier, fact, cause);
  });
  if (!file.isFile) throw moduleError(specifier, "is not a file");
}

async function importFactory(specifier: string, url: URL): Promise<ServicesFactory> {
  const module = await import(url.href).catch((cause) => {
    throw moduleError(specifier, `cannot be loaded: ${messageOf(cause)}`, cause);
  });
  const factory: unknown = module[FACTORY_NAME];
  if (factory === undefined) {
    const names = Object.keys(module).join(", ") || "nothing";
    throw moduleError(specifier, `has no export ${FACTORY_NAME}; it exports ${names}`);
  }
  if (typeof factory !== "function") {
    throw moduleError(specifier, `exports ${FACTORY_NAME}, but as ${typeof factory}: no function`);
  }
  return factory as ServicesFactory;
}

async function createServices(
  factory: ServicesFactory,
  specifier: string,
  configuration: Configuration,
  options: { logger: Logger; signal: AbortSignal },
): Promise<ModuleServices> {
  let services: unknown;
  try {
    services = await factory(configuration, options);
  } catch (cause) {
    throw moduleError(specifier, `failed in ${FACTORY_NAME}: ${messageOf(cause)}`, cause);
  }
  const missing = ["campaign", "followLeader"].filter((name) => !hasFunction(services, name));
  if (missing.length === 0) return services as ModuleServices;
  throw moduleError(
    specifier,
    `made services without ${missing.join(" and ")}: ` +
      `${FACTORY_NAME} must return {campaign, followLeader}`,
  );
}

function adapt(services: ModuleServices): HighAvailabilityServices {
  return {
    connection: new LatestValue<ConnectionState>({ kind: "none" }),
    campaign: async (options) => checkLeadership(await services.campaign(options)),
    followLeader: (options) => services.followLeader(options),
    [Symbol.asyncDispose]: async () => {
      await services[Symbol.asyncDispose]?.();
    },
  };
}

function checkLeadership(leadership: ModuleLeadership): Leadership {
  const isComplete = typeof leadership?.leaderSessionId === "string" &&
    typeof leadership.epoch === "bigint" && leadership.lost instanceof AbortSignal &&
    hasFunction(leadership, "publish") && hasFunction(leadership, "release");
  if (isComplete) return withDeadline(leadership);
  throw new TypeError(
    "The factory module's campaign() gave no leadership: " +
      "{leaderSessionId: string, epoch: bigint, lost: AbortSignal, publish(), release()} is needed",
  );
}

function withDeadline(leadership: ModuleLeadership): Leadership {
  const { leaderSessionId, epoch, lost } = leadership;
  return {
    leaderSessionId,
    epoch,
    lost,
    handover: new AbortController().signal,
    deadline: () => leadership.deadline?.() ?? Infinity,
    onRenewal: (listener) => leadership.onRenewal?.(listener) ?? (() => {}),
    publish: (address, options) => leadership.publish(address, options),
    release: () => leadership.release(),
    [Symbol.asyncDispose]: () => leadership.release(),
  };
}

function hasFunction(value: unknown, name: string): boolean {
  return typeof (value as Record<string, unknown> | null | undefined)?.[name] === "function";
}

function moduleError(specifier: string, fact: string, cause?: unknown): ConfigError {
  // A data: URL holds the whole module.
  const name = specifier.length > 100 ? `${specifier.slice(0, 100)}…` : specifier;
  const problem = {
    key: "high-availability",
    value: name,
    message: `the factory module ${name} ${fact}`,
  };
  return new ConfigError([problem], { cause });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
