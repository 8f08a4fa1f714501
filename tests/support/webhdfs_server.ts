import {
  BrokenBody,
  type PlainAnswer,
  PlainHttpServer,
  type PlainReply,
  type PlainRequest,
} from "./plain_http_server.ts";
import { HdfsFiles, JavaException } from "./webhdfs_files.ts";

/** One call as a server saw it. */
export interface WebHdfsCall {
  server: WebHdfsServer;
  method: string;
  operation: string;
  path: string;
  parameters: Readonly<Record<string, string>>;
  headers: Headers;
  /** Bytes of the body that were announced. */
  bodyLength: number;
}

/** Stands between a call and what the server would do with it (`act`); nothing lets it do that. */
export type Interception = (
  call: WebHdfsCall,
  act: () => Promise<PlainReply>,
) => PlainReply | undefined | Promise<PlainReply | undefined>;

export interface WebHdfsOptions {
  nameNodes?: number;
  dataNodes?: number;
  hostname?: string;
  /** The address of each data node, if they are not to have the same one. */
  dataNodeHosts?: string[];
  /** Only who shows one of these delegation tokens is let in; anybody if there is no list. */
  tokens?: string[];
  /** True: as Hadoop 2.6, which lists only as a whole and knows no flags for CREATE. */
  isOld?: boolean;
  /** Entries of a page (dfs.ls.limit). */
  listLimit?: number;
}

const STACK_TRACE =
  "\n\tat org.apache.hadoop.hdfs.server.namenode.FSNamesystem.startFile(FSNamesystem.java:2819)";

/**
 * Name nodes and data nodes over one file system in memory, written after Apache's "WebHDFS REST API" and
 * after what Hadoop 3.4.1 was seen to answer: a name node on standby redirects CREATE all the same,
 * and only the data node, which asks the same name node, then refuses; data nodes send stack traces;
 * an upload that breaks off leaves a shorter file behind.
 */
export class WebHdfsCluster implements AsyncDisposable {
  readonly files = new HdfsFiles();
  readonly calls: WebHdfsCall[] = [];
  readonly nameNodes: readonly NameNodeServer[];
  readonly dataNodes: readonly DataNodeServer[];
  readonly options: WebHdfsOptions;

  static start(options: WebHdfsOptions = {}): WebHdfsCluster {
    return new WebHdfsCluster(options);
  }

  private constructor(options: WebHdfsOptions) {
    const { nameNodes = 1, dataNodes = 1 } = options;
    this.options = options;
    this.nameNodes = Array.from({ length: nameNodes }, () => new NameNodeServer(this));
    this.dataNodes = Array.from(
      { length: dataNodes },
      (_, index) => new DataNodeServer(this, options.dataNodeHosts?.[index]),
    );
    this.activate(0);
  }

  /** Where the name nodes listen, as options of a storage have it. */
  get addresses(): { host: string; port: number }[] {
    return this.nameNodes.map(({ http }) => ({ host: http.hostname, port: http.port }));
  }

  /** Makes one name node the active one, and puts the others on standby. */
  activate(index: number): void {
    this.nameNodes.forEach((nameNode, other) => {
      nameNode.state = other === index ? "active" : "standby";
    });
  }

  /** The calls of one operation, oldest first. */
  callsOf(operation: string): WebHdfsCall[] {
    return this.calls.filter((call) => call.operation === operation);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const servers = [...this.nameNodes, ...this.dataNodes];
    await Promise.all(servers.map((server) => server.http[Symbol.asyncDispose]()));
  }
}

/** What name nodes and data nodes have in common. */
export abstract class WebHdfsServer {
  readonly http: PlainHttpServer;
  protected readonly cluster: WebHdfsCluster;
  /** What the test does with calls to this server. */
  intercept: Interception | undefined;

  constructor(cluster: WebHdfsCluster, hostname = cluster.options.hostname) {
    this.cluster = cluster;
    this.http = PlainHttpServer.start((request) => this.#answer(request), {
      ...(hostname ? { hostname } : {}),
    });
  }

  protected abstract act(call: WebHdfsCall, request: PlainRequest): Promise<PlainReply>;

  /** How exceptions leave this server. */
  protected abstract messageOf(exception: JavaException): string;

  async #answer(request: PlainRequest): Promise<PlainReply> {
    const call = callOf(this, request);
    this.cluster.calls.push(call);
    const act = () => this.#act(call, request);
    return await this.intercept?.(call, act) ?? await act();
  }

  async #act(call: WebHdfsCall, request: PlainRequest): Promise<PlainReply> {
    try {
      this.#authenticate(call);
      return await this.act(call, request);
    } catch (error) {
      if (!(error instanceof JavaException)) throw error;
      return remoteException(error, this.messageOf(error));
    }
  }

  #authenticate({ parameters }: WebHdfsCall): void {
    const { tokens } = this.cluster.options;
    if (tokens === undefined || tokens.includes(parameters.delegation ?? "")) return;
    const reason = `InvalidToken: token (${parameters.delegation}) can't be found in cache`;
    throw new JavaException(
      "SecurityException",
      `Failed to obtain user group information: ${reason}`,
      401,
    );
  }
}

export class NameNodeServer extends WebHdfsServer {
  state: "active" | "standby" | "safe-mode" = "standby";

  protected override act(call: WebHdfsCall): Promise<PlainReply> {
    return Promise.resolve(this.#answer(call));
  }

  protected override messageOf({ message }: JavaException): string {
    return message;
  }

  /** Refuses what the state of this name node does not allow. */
  check(category: "READ" | "WRITE"): void {
    if (this.state === "standby") {
      throw new JavaException(
        "StandbyException",
        `Operation category ${category} is not supported in state standby. ` +
          "Visit https://s.apache.org/sbnn-error",
      );
    }
    if (this.state === "safe-mode" && category === "WRITE") {
      throw new JavaException("SafeModeException", "Name node is in safe mode.\nIt was turned on.");
    }
  }

  #answer(call: WebHdfsCall): PlainReply {
    const { operation, path, parameters } = call;
    const { files, options } = this.cluster;
    // Standby or not: that is for the data node to find out.
    if (operation === "CREATE") return this.#redirect(call);
    this.check(call.method === "GET" ? "READ" : "WRITE");
    switch (operation) {
      case "OPEN":
        checkOffset(files.need(path).content, call);
        return this.#redirect(call);
      case "GETFILESTATUS":
        return json({ FileStatus: files.status(path) });
      case "LISTSTATUS":
        return json({ FileStatuses: { FileStatus: files.statuses(path) } });
      case "RENAME":
        return json({ boolean: files.rename(path, parameters.destination!) });
      case "DELETE":
        return json({ boolean: files.delete(path) });
    }
    if (operation === "LISTSTATUS_BATCH" && !options.isOld) return this.#listPage(call);
    throw new JavaException(
      "IllegalArgumentException",
      `Invalid value for webhdfs parameter "op": ${operation} is not a valid operation.`,
      400,
    );
  }

  #listPage({ path, parameters }: WebHdfsCall): PlainAnswer {
    const { files, options } = this.cluster;
    const { startAfter = "" } = parameters;
    const after = files.statuses(path).filter(({ pathSuffix }) => String(pathSuffix) > startAfter);
    const page = after.slice(0, options.listLimit ?? 1000);
    return json({
      DirectoryListing: {
        partialListing: { FileStatuses: { FileStatus: page } },
        remainingEntries: after.length - page.length,
      },
    });
  }

  #redirect({ path, parameters }: WebHdfsCall): PlainAnswer {
    const { dataNodes, nameNodes, options } = this.cluster;
    const excluded = options.isOld ? [] : parameters.excludedatanodes?.split(",") ?? [];
    const dataNode = dataNodes.find(({ http }) => !excluded.includes(http.hostname));
    if (dataNode === undefined) {
      throw new JavaException(
        "IOException",
        `Failed to find datanode, excludeDatanodes=${excluded}`,
      );
    }
    const { op, excludedatanodes: _, ...passedOn } = parameters;
    const query = new URLSearchParams({
      op: op!,
      ...passedOn,
      namenoderpcaddress: String(nameNodes.indexOf(this)),
      ...(op === "CREATE" && !options.isOld ? { createflag: "", createparent: "true" } : {}),
    });
    const location = `${dataNode.http.origin}/webhdfs/v1${encodeURI(path)}?${query}`;
    return { status: 307, headers: { location } };
  }
}

export class DataNodeServer extends WebHdfsServer {
  protected override act(call: WebHdfsCall, request: PlainRequest): Promise<PlainReply> {
    return call.operation === "CREATE" ? this.#create(call, request) : this.#open(call);
  }

  protected override messageOf({ message }: JavaException): string {
    return message + STACK_TRACE;
  }

  async #create(call: WebHdfsCall, request: PlainRequest): Promise<PlainReply> {
    const { path, parameters } = call;
    const { files, nameNodes } = this.cluster;
    nameNodes[Number(parameters.namenoderpcaddress)]!.check("WRITE");
    if (parameters.overwrite !== "true") files.checkNew(path);
    const { permission = "644", createflag = "" } = parameters;
    const store = (content: Uint8Array) => files.put(path, content, permission, createflag);
    const content = await request.readBody().catch((error) => {
      if (error instanceof BrokenBody) store(error.received);
      throw error;
    });
    store(content);
    return { status: 201, headers: { location: `hdfs://namenode${path}` } };
  }

  #open(call: WebHdfsCall): Promise<PlainReply> {
    const { files, nameNodes } = this.cluster;
    nameNodes[Number(call.parameters.namenoderpcaddress)]!.check("READ");
    const { content } = files.need(call.path);
    const body = content.subarray(Number(call.parameters.offset));
    return Promise.resolve({
      status: 200,
      headers: { "content-type": "application/octet-stream" },
      body,
    });
  }
}

/** The answer that carries a Java exception. */
export function remoteException(
  exception: JavaException,
  message = exception.message,
): PlainAnswer {
  const { exception: name, status } = exception;
  return json({
    RemoteException: { exception: name, javaClassName: `org.apache.hadoop.${name}`, message },
  }, status);
}

function json(value: unknown, status = 200): PlainAnswer {
  return {
    status,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(value),
    isChunked: true,
  };
}

function checkOffset(content: Uint8Array, { path, parameters }: WebHdfsCall): void {
  const offset = Number(parameters.offset ?? 0);
  if (offset < content.length || offset === 0) return;
  throw new JavaException(
    "IOException",
    `Offset=${offset} out of the range [0, ${content.length}); OPEN, path=${path}`,
  );
}

function callOf(server: WebHdfsServer, { method, url, headers }: PlainRequest): WebHdfsCall {
  const parameters = Object.fromEntries(url.searchParams);
  return {
    server,
    method,
    operation: parameters.op ?? "",
    path: decodeURIComponent(url.pathname).replace(/^\/webhdfs\/v1/, ""),
    parameters,
    headers,
    bodyLength: headers.has("transfer-encoding")
      ? Infinity
      : Number(headers.get("content-length") ?? 0),
  };
}
