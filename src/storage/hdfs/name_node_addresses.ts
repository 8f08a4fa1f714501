import { StorageError } from "../errors.ts";
import type { HdfsOptions, StorageLocation } from "../open.ts";
import { HadoopConfiguration } from "./hadoop_configuration.ts";

// Hadoop 3's own defaults (hdfs-default.xml).
const DEFAULT_PORTS: Readonly<Record<Protocol, number>> = { "http:": 9870, "https:": 9871 };

const RPC_ADDRESS = "dfs.namenode.rpc-address";

type Protocol = "http:" | "https:";

/** What an hdfs URL names: its name nodes stand for one file system. */
interface FileSystem {
  /** `hdfs`: the authority is that of the RPC port; else it is the HTTP address itself. */
  scheme: string;
  /** A host with or without port, or a nameservice. */
  authority: string;
  url: string;
}

/**
 * The HTTP addresses of the name nodes behind a URL, to be tried in turn: those of the options, else
 * those of Hadoop's configuration, else the host of the URL.
 * @throws {StorageError} `misconfigured`
 */
export async function findNameNodes(
  location: StorageLocation,
  options: HdfsOptions,
): Promise<URL[]> {
  const { nameNodes, confDir } = options;
  const authority = /^[a-z]+:\/\/([^/]*)/.exec(location.url)?.[1] ?? "";
  const isComplete = location.scheme !== "hdfs" && (nameNodes.length > 0 || hasPort(authority));
  const search = new NameNodeSearch(
    confDir === undefined || isComplete ? undefined : await HadoopConfiguration.read(confDir),
  );
  if (nameNodes.length > 0) {
    const protocol = search.protocolOf(location.scheme);
    return nameNodes.map(({ host, port }) => new URL(`${protocol}//${bracketed(host)}:${port}`));
  }
  const fileSystem = search.fileSystemOf({ ...location, authority });
  const { scheme } = location.scheme === "hdfs" ? fileSystem : location;
  return search.find(fileSystem, search.protocolOf(scheme));
}

class NameNodeSearch {
  readonly #configuration: HadoopConfiguration | undefined;

  constructor(configuration: HadoopConfiguration | undefined) {
    this.#configuration = configuration;
  }

  /** HTTP or HTTPS: by the scheme, or by the policy of the cluster. */
  protocolOf(scheme: string): Protocol {
    if (scheme === "swebhdfs") return "https:";
    if (scheme === "webhdfs") return "http:";
    return this.#configuration?.get("dfs.http.policy") === "HTTPS_ONLY" ? "https:" : "http:";
  }

  /** A URL without a host is that of the default file system. */
  fileSystemOf({ scheme, authority, url }: FileSystem): FileSystem {
    if (authority !== "") return { scheme, authority, url };
    const value = this.#require(["fs.defaultFS", "fs.default.name"], url);
    const match = /^(hdfs|webhdfs|swebhdfs):\/\/([^/]+)\/?/.exec(value);
    if (match) return { scheme: match[1]!, authority: match[2]!, url };
    throw this.#misconfigured(
      url,
      `the default file system ${value} is not in HDFS; write ${scheme}://host:port/path`,
    );
  }

  find(fileSystem: FileSystem, protocol: Protocol): URL[] {
    const { scheme, authority } = fileSystem;
    const ids = this.#configuration?.list(`dfs.ha.namenodes.${authority}`) ?? [];
    if (ids.length > 0) {
      return ids.map((id) => this.#serviceAddress(fileSystem, protocol, `.${authority}.${id}`));
    }
    if (this.#configuration?.list("dfs.nameservices").includes(authority)) {
      return [this.#serviceAddress(fileSystem, protocol, `.${authority}`)];
    }
    const configured = scheme === "hdfs"
      ? this.#configuredAddress(fileSystem, protocol)
      : undefined;
    return [configured ?? this.#plainAddress(fileSystem, protocol)];
  }

  /** The HTTP address of one name node of a nameservice, whose properties end with `suffix`. */
  #serviceAddress({ url }: FileSystem, protocol: Protocol, suffix: string): URL {
    const key = addressKey(protocol) + suffix;
    const rpcAddress = this.#configuration?.get(RPC_ADDRESS + suffix);
    const host = rpcAddress && hostOf(rpcAddress);
    const value = this.#configuration?.get(key) ?? host ?? this.#require([key], url);
    return this.#address(withHost(value, host), { protocol, url, name: key });
  }

  /** The HTTP address of the configured name node whose RPC address this is. */
  #configuredAddress({ authority, url }: FileSystem, protocol: Protocol): URL | undefined {
    const suffix = this.#suffixOf(authority);
    if (suffix === undefined) return undefined;
    const key = addressKey(protocol) + suffix;
    const value = this.#configuration?.get(key);
    if (value === undefined) return undefined;
    return this.#address(withHost(value, hostOf(authority)), { protocol, url, name: key });
  }

  /** How the properties of the name node with this RPC address end. */
  #suffixOf(authority: string): string | undefined {
    const configuration = this.#configuration;
    if (configuration === undefined) return undefined;
    const name = [...configuration.names()]
      .filter((name) => name === RPC_ADDRESS || name.startsWith(`${RPC_ADDRESS}.`))
      .find((name) => withRpcPort(configuration.get(name)!) === withRpcPort(authority));
    if (name !== undefined) return name.slice(RPC_ADDRESS.length);
    // Without a nameservice the address is that of the default file system.
    return configuration.get("fs.defaultFS") === `hdfs://${authority}` ? "" : undefined;
  }

  #plainAddress({ scheme, authority, url }: FileSystem, protocol: Protocol): URL {
    const value = scheme === "hdfs" ? hostOf(authority) : authority;
    return this.#address(value, { protocol, url, name: "its host" });
  }

  #address(
    value: string,
    { protocol, url, name }: { protocol: Protocol; url: string; name: string },
  ): URL {
    const text = `${protocol}//${hasPort(value) ? value : `${value}:${DEFAULT_PORTS[protocol]}`}`;
    const address = URL.canParse(text) ? new URL(text) : undefined;
    if (address && address.pathname === "/" && address.username === "") return address;
    const file = this.#configuration?.fileOf(name);
    const where = file === undefined ? "" : ` (in ${file})`;
    throw this.#misconfigured(url, `${name}${where} is ${JSON.stringify(value)}, no host:port`);
  }

  #require(names: readonly string[], url: string): string {
    const value = names.map((name) => this.#configuration?.get(name)).find((found) => found);
    if (value !== undefined) return value;
    if (this.#configuration === undefined) {
      throw this.#misconfigured(
        url,
        "it names no host, and there is no Hadoop configuration; write host:port, " +
          "or set HADOOP_CONF_DIR or masterd.storage.hdfs.namenodes",
      );
    }
    const where = this.#configuration.description;
    throw this.#misconfigured(url, `${names[0]} is not set in ${where}`);
  }

  #misconfigured(url: string, fact: string): StorageError {
    return new StorageError("misconfigured", `Cannot use ${url}: ${fact}`);
  }
}

function addressKey(protocol: Protocol): string {
  return `dfs.namenode.${protocol.slice(0, -1)}-address`;
}

/** The host of `host:port` or `host`; an IPv6 host keeps its brackets. */
function hostOf(address: string): string {
  return address.replace(/:\d+$/, "");
}

/** A name node that listens on all addresses is reached by the name of its host. */
function withHost(address: string, host: string | undefined): string {
  return host ? address.replace(/^(0\.0\.0\.0|\[::\])(?=:|$)/, () => host) : address;
}

/** 8020 is what Hadoop takes where a URL or an address has no port. */
function withRpcPort(address: string): string {
  return hasPort(address) ? address : `${address}:8020`;
}

function hasPort(address: string): boolean {
  return /:\d+$/.test(address);
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
