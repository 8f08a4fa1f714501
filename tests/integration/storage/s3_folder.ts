import { openS3Storage } from "../../../src/storage/s3/s3_storage.ts";
import type { S3Options } from "../../../src/storage/open.ts";
import type { Storage } from "../../../src/storage/storage.ts";
import type { PlainReply } from "../../support/plain_http_server.ts";
import {
  ACCESS_KEY,
  type S3Interception,
  S3Server,
  type S3ServerOptions,
  SECRET_KEY,
} from "../../support/s3_server.ts";
import { type RecordedLog, recordedLog } from "../../unit/daemon/fakes.ts";
import { textOf } from "../../unit/storage/contents.ts";

export interface S3FolderOptions extends S3ServerOptions {
  timeoutMs?: number;
  s3?: Partial<S3Options>;
  url?: string;
}

/** A storage in `s3://examplebucket/flink/cluster`, and the server it lies on. */
export class S3Folder implements AsyncDisposable {
  readonly server: S3Server;
  readonly storage: ReturnType<typeof openS3Storage>;
  readonly log: RecordedLog = recordedLog();
  readonly signal = new AbortController().signal;

  static start(options: S3FolderOptions = {}): S3Folder {
    return new S3Folder(options);
  }

  private constructor({ timeoutMs = 10_000, s3, url, ...options }: S3FolderOptions) {
    this.server = S3Server.start(options);
    const whole = url ?? `s3://${this.server.bucket}/flink/cluster`;
    const path = new URL(whole).pathname;
    this.storage = openS3Storage({ scheme: "s3", url: whole, path }, {
      timeoutMs,
      s3: {
        endpoint: this.server.endpoint,
        accessKey: ACCESS_KEY,
        secretKey: SECRET_KEY,
        pathStyle: true,
        ...s3,
      },
      hdfs: { nameNodes: [] },
      logger: this.log.logger,
    });
  }

  /** The keys of all objects, sorted. */
  get keys(): string[] {
    return [...this.server.contents.objects.keys()].sort();
  }

  write(name: string, content: Parameters<Storage["write"]>[1]): Promise<void> {
    return this.storage.write(name, content, this);
  }

  read(name: string): Promise<string> {
    return textOf(this.storage.read(name, this));
  }

  async list(folder: string): Promise<string[]> {
    const blobs = await Array.fromAsync(this.storage.list(folder, this));
    return blobs.map(({ name, length }) => `${name} ${length}`).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.storage[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
  }
}

/** An answer that tells of a failure. */
export function error(
  status: number,
  code: string,
  headers: Record<string, string> = {},
): PlainReply {
  const body =
    `<?xml version="1.0"?><Error><Code>${code}</Code><Message>Because.</Message></Error>`;
  return { status, headers, body };
}

/** Meets the first calls of an operation, and lets the later ones pass. */
export function first(operation: string, count: number, meet: S3Interception): S3Interception {
  let left = count;
  return (call, act) => call.operation === operation && left-- > 0 ? meet(call, act) : undefined;
}
