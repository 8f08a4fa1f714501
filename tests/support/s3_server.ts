import { createHash } from "node:crypto";
import {
  BrokenBody,
  type PlainAnswer,
  PlainHttpServer,
  type PlainReply,
  type PlainRequest,
} from "./plain_http_server.ts";
import { document, S3Bucket, type S3BucketOptions, type S3Call, S3Refusal } from "./s3_bucket.ts";
import { type KnownKeys, signatureFault } from "./s3_signature.ts";

/** Stands between a call and what the server would do with it (`act`); nothing lets it do that. */
export type S3Interception = (
  call: S3Call,
  act: () => Promise<PlainReply>,
) => PlainReply | undefined | Promise<PlainReply | undefined>;

export interface S3ServerOptions extends S3BucketOptions {
  hostname?: string;
  region?: string;
  keys?: KnownKeys;
  /** The server's clock. */
  now?: () => number;
}

export const ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE";
export const SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/**
 * A bucket in memory behind Amazon's S3, written after the "Amazon S3 API Reference" (API version 2006-03-01).
 * Paths begin with the bucket.
 */
export class S3Server implements AsyncDisposable {
  readonly contents: S3Bucket;
  readonly calls: S3Call[] = [];
  readonly bucket = "examplebucket";
  intercept: S3Interception = () => undefined;
  /** What arrives instead of a body. */
  damage: (body: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer> = (body) => body;
  readonly #options: S3ServerOptions;
  readonly #http: PlainHttpServer;

  static start(options: S3ServerOptions = {}): S3Server {
    return new S3Server(options);
  }

  private constructor(options: S3ServerOptions) {
    this.#options = options;
    this.contents = new S3Bucket(options);
    this.#http = PlainHttpServer.start((request) => this.#answer(request), options);
  }

  /** `http://host:port`. */
  get endpoint(): string {
    return this.#http.origin;
  }

  get port(): number {
    return this.#http.port;
  }

  /** The operations that were asked for, oldest first. */
  get operations(): string[] {
    return this.calls.map(({ operation }) => operation);
  }

  /** Refuses connections from now on, and closes those that are open. */
  async stop(): Promise<void> {
    await this.#http.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#http[Symbol.asyncDispose]();
  }

  async #answer(request: PlainRequest): Promise<PlainReply> {
    const call = this.#callOf(request);
    this.calls.push(call);
    const act = async () => {
      try {
        return await this.#act(call, request);
      } catch (error) {
        if (!(error instanceof S3Refusal)) throw error;
        return this.#refusal(error);
      }
    };
    try {
      return await this.intercept(call, act) ?? await act();
    } catch (error) {
      if (error instanceof BrokenBody) return "hang-up";
      throw error;
    }
  }

  #refusal({ status, code, message }: S3Refusal): PlainAnswer {
    const text = message.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
    const region = code === "AuthorizationHeaderMalformed"
      ? `<Region>${this.#region}</Region>`
      : "";
    return {
      status,
      headers: { "content-type": "application/xml", date: new Date(this.#now()).toUTCString() },
      body: document("Error", `<Code>${code}</Code><Message>${text}</Message>${region}`),
    };
  }

  get #region(): string {
    return this.#options.region ?? "us-east-1";
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }

  #callOf({ method, url, headers }: PlainRequest): S3Call {
    const [, bucket = "", ...rest] = decodeURIComponent(url.pathname).split("/");
    const key = rest.join("/");
    const query = url.searchParams;
    return { operation: operationOf(method, key, query), bucket, key, query, headers };
  }

  async #act(call: S3Call, request: PlainRequest): Promise<PlainReply> {
    const { keys = new Map([[ACCESS_KEY, { secretKey: SECRET_KEY }]]) } = this.#options;
    const fault = signatureFault(request, { keys, region: this.#region, now: this.#now() });
    if (fault !== undefined) {
      throw new S3Refusal(statusOf(fault.code), fault.code, fault.message);
    }
    if (call.bucket !== this.bucket) throw new S3Refusal(404, "NoSuchBucket");
    const body = this.damage(await request.readBody());
    checkBody(body, call.headers);
    return this.contents.act(call, body);
  }
}

function operationOf(method: string, key: string, query: URLSearchParams): string {
  if (key === "") {
    if (method !== "GET") return "";
    return query.has("uploads") ? "ListMultipartUploads" : "ListObjectsV2";
  }
  if (query.has("uploads")) return "CreateMultipartUpload";
  const isUpload = query.has("uploadId");
  switch (method) {
    case "GET":
      return "GetObject";
    case "HEAD":
      return "HeadObject";
    case "PUT":
      return isUpload ? "UploadPart" : "PutObject";
    case "POST":
      return isUpload ? "CompleteMultipartUpload" : "";
    case "DELETE":
      return isUpload ? "AbortMultipartUpload" : "DeleteObject";
    default:
      return "";
  }
}

function checkBody(body: Uint8Array, headers: Headers): void {
  const digest = (algorithm: string) => createHash(algorithm).update(body);
  const md5 = headers.get("content-md5");
  if (md5 !== null && md5 !== digest("md5").digest("base64")) throw new S3Refusal(400, "BadDigest");
  if (headers.get("x-amz-content-sha256") !== digest("sha256").digest("hex")) {
    throw new S3Refusal(400, "XAmzContentSHA256Mismatch");
  }
}

function statusOf(code: string): number {
  return code === "AuthorizationHeaderMalformed" ? 400 : 403;
}
