import { isStorageError } from "../errors.ts";
import type { HttpAnswer } from "../http_exchange.ts";
import type { BlobInfo, Bytes } from "../storage.ts";
import {
  type ListingPage,
  parseBoolean,
  parseLength,
  parseListing,
  parseListingPage,
  readJson,
  redirectOf,
  UnexpectedAnswer,
} from "./answers.ts";
import { DataNodeError, type DataNodes } from "./data_nodes.ts";
import type { Act, NameNodeCall, NameNodes } from "./name_nodes.ts";
import { durableCreateUrl } from "./webhdfs_url.ts";

// A page has 1000 entries (dfs.ls.limit) of some 300 bytes; old servers send all entries at once.
const MAX_PAGE_BYTES = 4 * 1024 * 1024;
const MAX_LISTING_BYTES = 64 * 1024 * 1024;

// HttpFS takes data of this type only.
const DATA_HEADERS = { "content-type": "application/octet-stream" };

/** The content of a file, from a data node or (HttpFS) from the name node's address itself. */
export interface OpenFile {
  answer: HttpAnswer;
  /** Who sends it. */
  host: string;
}

type OpenAnswer = { kind: "redirect"; url: URL } | { kind: "content"; file: OpenFile };

/** An act, and the data nodes that have failed in it. */
export interface DataAct extends Act {
  failed: readonly DataNodeError[];
}

/**
 * The operations of WebHDFS that a storage needs, after Apache's "WebHDFS REST API". Paths are absolute
 * and not percent-encoded.
 */
export class WebHdfs {
  readonly #nameNodes: NameNodes;
  readonly #dataNodes: DataNodes;

  constructor(nameNodes: NameNodes, dataNodes: DataNodes) {
    this.#nameNodes = nameNodes;
    this.#dataNodes = dataNodes;
  }

  /** The length of a file in bytes; nothing if there is none. */
  async lengthOf(path: string, act: Act): Promise<number | undefined> {
    try {
      return await this.#nameNodes.ask({
        ...act,
        method: "GET",
        operation: "GETFILESTATUS",
        path,
        isRepeatable: true,
        read: async (answer) => parseLength(await readJson(answer)),
      });
    } catch (error) {
      if (isStorageError(error, "not-found")) return undefined;
      throw error;
    }
  }

  /**
   * A new file with this content, readable by its owner only; missing folders are made. A failure may
   * leave a part of it behind.
   * @throws {DataNodeError}
   */
  async create(path: string, content: Bytes, act: DataAct): Promise<void> {
    const url = await this.#askForData(act, {
      method: "PUT",
      operation: "CREATE",
      path,
      parameters: { overwrite: "false", permission: "600" },
      read: redirectToData,
    });
    const answer = await this.#send({
      ...act,
      method: "PUT",
      operation: "CREATE",
      url: durableCreateUrl(url),
      headers: DATA_HEADERS,
      body: content,
    });
    answer.discard();
  }

  /**
   * The content of a file from an offset on, in bytes.
   * @throws {DataNodeError}
   */
  async open(path: string, act: DataAct & { offset: number }): Promise<OpenFile> {
    const opened = await this.#askForData<OpenAnswer>(act, {
      method: "GET",
      operation: "OPEN",
      path,
      parameters: { offset: String(act.offset) },
      read: (answer, nameNode) => {
        const url = redirectOf(answer, nameNode);
        if (url !== undefined) return { kind: "redirect", url };
        return { kind: "content", file: { answer, host: nameNode.hostname } };
      },
    });
    if (opened.kind === "content") return opened.file;
    const { url } = opened;
    const answer = await this.#send({ ...act, method: "GET", operation: "OPEN", url });
    return { answer, host: url.hostname };
  }

  /**
   * Renames a file; false if there is no such file, or the new name is taken.
   * @throws {OutcomeUnknown}
   */
  async rename(from: string, to: string, act: Act): Promise<boolean> {
    return await this.#nameNodes.ask({
      ...act,
      method: "PUT",
      operation: "RENAME",
      path: from,
      parameters: { destination: to },
      isRepeatable: false,
      read: async (answer) => parseBoolean(await readJson(answer)),
    });
  }

  /** Deletes a file; one that is gone is no failure. */
  async delete(path: string, act: Act): Promise<void> {
    await this.#nameNodes.ask({
      ...act,
      method: "DELETE",
      operation: "DELETE",
      path,
      parameters: { recursive: "false" },
      isRepeatable: true,
      read: async (answer) => parseBoolean(await readJson(answer)),
    });
  }

  /** The files of a folder after a name; servers before Hadoop 2.8 do not know how. */
  async listPage(folder: string, act: Act & { after: string | undefined }): Promise<ListingPage> {
    return await this.#nameNodes.ask({
      ...act,
      method: "GET",
      operation: "LISTSTATUS_BATCH",
      path: folder,
      parameters: act.after === undefined ? {} : { startAfter: act.after },
      isRepeatable: true,
      read: async (answer) => parseListingPage(await readJson(answer, MAX_PAGE_BYTES)),
    });
  }

  /** All files of a folder at once. */
  async listAll(folder: string, act: Act): Promise<BlobInfo[]> {
    return await this.#nameNodes.ask({
      ...act,
      method: "GET",
      operation: "LISTSTATUS",
      path: folder,
      isRepeatable: true,
      read: async (answer) => parseListing(await readJson(answer, MAX_LISTING_BYTES)),
    });
  }

  /** Asks for a data node that has not failed, and for any one if there is no other. */
  async #askForData<T>(
    { act, signal, failed }: DataAct,
    question: Omit<NameNodeCall<T>, keyof Act | "isRepeatable">,
  ): Promise<T> {
    const call = { ...question, act, signal, isRepeatable: true };
    const excluded = exclusion(failed);
    if (excluded === undefined) return await this.#nameNodes.ask(call);
    try {
      const parameters = { ...call.parameters, excludedatanodes: excluded };
      return await this.#nameNodes.ask({ ...call, parameters });
    } catch (error) {
      if (!isStorageError(error, "failed")) throw error;
      return await this.#nameNodes.ask(call);
    }
  }

  async #send(call: Parameters<DataNodes["send"]>[0]): Promise<HttpAnswer> {
    try {
      return await this.#dataNodes.send(call);
    } catch (error) {
      // A name node on standby also redirects; only the data node then finds out.
      if (error instanceof DataNodeError && error.isStandby) this.#nameNodes.doubtActive();
      throw error;
    }
  }
}

function redirectToData(answer: HttpAnswer, nameNode: URL): URL {
  const url = redirectOf(answer, nameNode);
  if (url !== undefined) return url;
  answer.discard();
  throw new UnexpectedAnswer(`HTTP ${answer.status} where it must name a data node`);
}

/** Servers since Hadoop 2.6 leave out the hosts they are told. */
function exclusion(failed: readonly DataNodeError[]): string | undefined {
  const hosts = new Set(failed.filter(({ isStandby }) => !isStandby).map(({ host }) => host));
  return hosts.size === 0 ? undefined : [...hosts].join(",");
}
