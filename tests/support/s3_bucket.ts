import { createHash, randomUUID } from "node:crypto";
import type { PlainAnswer } from "./plain_http_server.ts";

/** One request to a bucket, understood. */
export interface S3Call {
  /** As Amazon names it: `PutObject`, `ListObjectsV2`. */
  operation: string;
  bucket: string;
  /** Empty for the bucket itself. */
  key: string;
  query: URLSearchParams;
  headers: Headers;
}

/** A refusal, which becomes an error document. */
export class S3Refusal extends Error {
  constructor(readonly status: number, readonly code: string, message = `${code} & more`) {
    super(message);
  }
}

export interface S3Object {
  bytes: Uint8Array;
  tag: string;
  /** The headers `x-amz-meta-…`. */
  metadata: Readonly<Record<string, string>>;
}

interface Upload {
  key: string;
  metadata: Readonly<Record<string, string>>;
  parts: Map<number, S3Object>;
}

export interface S3BucketOptions {
  /** What becomes of `If-None-Match`: 501, or as if it were not there. */
  conditions?: "honoured" | "refused" | "ignored";
  /** Entries of a page. */
  pageLength?: number;
  /** False: keys are listed as they are, whatever is asked for. */
  encodesKeys?: boolean;
}

/** A bucket in memory, after the "Amazon S3 API Reference" (API version 2006-03-01). */
export class S3Bucket {
  readonly objects = new Map<string, S3Object>();
  readonly uploads = new Map<string, Upload>();
  readonly #options: S3BucketOptions;

  constructor(options: S3BucketOptions) {
    this.#options = options;
  }

  /** Does what is asked for, or throws a refusal. */
  act(call: S3Call, body: Uint8Array): PlainAnswer {
    switch (call.operation) {
      case "PutObject":
        return this.#putObject(call, body);
      case "GetObject":
      case "HeadObject":
        return this.#getObject(call);
      case "DeleteObject":
        this.objects.delete(call.key);
        return { status: 204 };
      case "ListObjectsV2":
        return this.#listObjects(call);
      case "CreateMultipartUpload":
        return this.#createUpload(call);
      case "UploadPart":
        return this.#uploadPart(call, body);
      case "CompleteMultipartUpload":
        return this.#completeUpload(call, new TextDecoder().decode(body));
      case "AbortMultipartUpload":
        this.#uploadOf(call);
        this.uploads.delete(call.query.get("uploadId")!);
        return { status: 204 };
      case "ListMultipartUploads":
        return this.#listUploads(call);
      default:
        throw new S3Refusal(405, "MethodNotAllowed");
    }
  }

  #putObject(call: S3Call, bytes: Uint8Array): PlainAnswer {
    this.#checkCondition(call);
    const tag = `"${createHash("md5").update(bytes).digest("hex")}"`;
    this.objects.set(call.key, { bytes, tag, metadata: metadataOf(call.headers) });
    return { status: 200, headers: { etag: tag } };
  }

  #checkCondition({ key, headers }: S3Call): void {
    const { conditions = "honoured" } = this.#options;
    if (!headers.has("if-none-match") || conditions === "ignored") return;
    if (conditions === "refused") throw new S3Refusal(501, "NotImplemented");
    if (this.objects.has(key)) throw new S3Refusal(412, "PreconditionFailed");
  }

  #getObject({ key, headers }: S3Call): PlainAnswer {
    const object = this.objects.get(key);
    if (object === undefined) throw new S3Refusal(404, "NoSuchKey");
    const { bytes, tag, metadata } = object;
    const condition = headers.get("if-match");
    if (condition !== null && condition !== tag) throw new S3Refusal(412, "PreconditionFailed");
    const from = /^bytes=(\d+)-$/.exec(headers.get("range") ?? "")?.[1];
    if (from === undefined) {
      return { status: 200, headers: { etag: tag, ...metadata }, body: bytes };
    }
    const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
    return {
      status: 206,
      headers: { etag: tag, ...metadata, "content-range": range },
      body: bytes.subarray(Number(from)),
    };
  }

  #listObjects({ query }: S3Call): PlainAnswer {
    const token = query.get("continuation-token") ?? "";
    const { page, isTruncated } = this.#page([...this.objects.keys()], { query, after: token });
    const entries = page.map((key) => {
      const { bytes, tag } = this.objects.get(key)!;
      return `<Contents><Key>${this.#listed(key)}</Key><ETag>${
        tag.replaceAll('"', "&quot;")
      }</ETag>` +
        `<Size>${bytes.length}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
    });
    const next = isTruncated ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : "";
    return this.#listing("ListBucketResult", { isTruncated, body: next + entries.join("") });
  }

  #listUploads({ query }: S3Call): PlainAnswer {
    const ids = [...this.uploads].map(([id, { key }]) => `${key}\n${id}`);
    const after = `${query.get("key-marker") ?? ""}\n${query.get("upload-id-marker") ?? ""}`;
    const { page, isTruncated } = this.#page(ids, { query, after: after === "\n" ? "" : after });
    const pairs = page.map((id) => id.split("\n"));
    const entries = pairs.map(([key, id]) =>
      `<Upload><Key>${this.#listed(key!)}</Key><UploadId>${id}</UploadId></Upload>`
    );
    const [key, id] = pairs.at(-1) ?? [];
    const next = isTruncated
      ? `<NextKeyMarker>${this.#listed(key!)}</NextKeyMarker>` +
        `<NextUploadIdMarker>${id}</NextUploadIdMarker>`
      : "";
    return this.#listing("ListMultipartUploadsResult", {
      isTruncated,
      body: next + entries.join(""),
    });
  }

  #page(keys: string[], { query, after }: { query: URLSearchParams; after: string }) {
    const { pageLength = 1000 } = this.#options;
    const prefix = query.get("prefix") ?? "";
    const found = keys.filter((key) => key.startsWith(prefix) && key > after)
      .filter((key) => !query.has("delimiter") || !key.slice(prefix.length).includes("/")).sort();
    return { page: found.slice(0, pageLength), isTruncated: found.length > pageLength };
  }

  #listed(key: string): string {
    const { encodesKeys = true } = this.#options;
    // As Java's URLEncoder does, which Amazon's own answers look like.
    return encodesKeys
      ? new URLSearchParams([["", key]]).toString().slice(1).replaceAll("%2F", "/")
      : key;
  }

  #listing(
    name: string,
    { isTruncated, body }: { isTruncated: boolean; body: string },
  ): PlainAnswer {
    const { encodesKeys = true } = this.#options;
    const encoding = encodesKeys ? "<EncodingType>url</EncodingType>" : "";
    const truncation = `<IsTruncated>${isTruncated}</IsTruncated>`;
    return { status: 200, body: document(name, encoding + truncation + body), isChunked: true };
  }

  #createUpload({ key, headers }: S3Call): PlainAnswer {
    const id = randomUUID();
    this.uploads.set(id, { key, metadata: metadataOf(headers), parts: new Map() });
    const body = document("InitiateMultipartUploadResult", `<UploadId>${id}</UploadId>`);
    return { status: 200, body };
  }

  #uploadOf({ key, query }: S3Call): Upload {
    const upload = this.uploads.get(query.get("uploadId") ?? "");
    if (upload?.key !== key) throw new S3Refusal(404, "NoSuchUpload");
    return upload;
  }

  #uploadPart(call: S3Call, bytes: Uint8Array): PlainAnswer {
    const tag = `"${createHash("md5").update(bytes).digest("hex")}"`;
    const part = { bytes, tag, metadata: {} };
    this.#uploadOf(call).parts.set(Number(call.query.get("partNumber")), part);
    return { status: 200, headers: { etag: tag } };
  }

  #completeUpload(call: S3Call, body: string): PlainAnswer {
    const upload = this.#uploadOf(call);
    this.#checkCondition(call);
    const pattern = /<PartNumber>(\d+)<\/PartNumber><ETag>&quot;([0-9a-f]+)&quot;<\/ETag>/g;
    const parts = [...body.matchAll(pattern)].map(([, number, tag]) => {
      const part = upload.parts.get(Number(number));
      if (part?.tag !== `"${tag}"`) throw new S3Refusal(400, "InvalidPart");
      return part.bytes;
    });
    if (parts.slice(0, -1).some(({ length }) => length < 5 * 1024 * 1024)) {
      throw new S3Refusal(400, "EntityTooSmall");
    }
    const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    this.objects.set(call.key, {
      bytes,
      tag: `"${at}-${parts.length}"`,
      metadata: upload.metadata,
    });
    this.uploads.delete(call.query.get("uploadId")!);
    return { status: 200, body: document("CompleteMultipartUploadResult", "<ETag>1</ETag>") };
  }
}

function metadataOf(headers: Headers): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => name.startsWith("x-amz-meta-")));
}

/** A document as the server writes them. */
export function document(name: string, content: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n` +
    `<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${content}</${name}>`;
}
