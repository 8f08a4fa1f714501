import { basename } from "node:path";
import { exchange } from "../../src/storage/http_exchange.ts";
import { addressingOf } from "../../src/storage/s3/addressing.ts";
import { sign } from "../../src/storage/s3/signing.ts";
import { freePort } from "../support/ports.ts";
import { TestProcess } from "../support/process.ts";
import { until } from "../support/until.ts";

/** How a server is reached that the environment names. */
export interface S3Access {
  endpoint: string;
  region: string;
  accessKey: string;
  secretKey: string;
  sessionToken?: string;
}

const OWN_KEYS = { accessKey: "masterd-test", secretKey: "masterd-test-secret" };

/**
 * A real S3 server with a bucket of its own: the one at `MASTERD_TEST_S3_ENDPOINT`, with the variables of
 * Amazon's tools for region and keys, or the program `MASTERD_TEST_S3_PROGRAM` (MinIO or moto_server).
 */
export class RealS3 implements AsyncDisposable {
  readonly access: S3Access;
  readonly bucket = `masterd-test-${crypto.randomUUID()}`;
  readonly #program: string | undefined;
  readonly #process: TestProcess | undefined;
  readonly #folder: string | undefined;

  static async start(): Promise<RealS3> {
    const endpoint = Deno.env.get("MASTERD_TEST_S3_ENDPOINT");
    const server = endpoint ? new RealS3({ access: givenAccess(endpoint) }) : await startProgram();
    await until(() => server.#makeBucket(), (status) => status === 200, { limitMs: 60_000 });
    return server;
  }

  constructor({ access, program, process, folder }: {
    access: S3Access;
    program?: string;
    process?: TestProcess;
    folder?: string;
  }) {
    this.access = access;
    this.#program = program;
    this.#process = process;
    this.#folder = folder;
  }

  /** False: it takes any key and any signature, as moto does. */
  get checksSignatures(): boolean {
    return this.#program !== "moto_server";
  }

  /** False: it shows only the uploads of one key, as MinIO does, which deletes old ones by itself. */
  get listsUploads(): boolean {
    return this.#program !== "minio";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.kill();
    if (this.#folder !== undefined) await Deno.remove(this.#folder, { recursive: true });
  }

  async #makeBucket(): Promise<number> {
    const location = { scheme: "s3", url: `s3://${this.bucket}/`, path: "/" } as const;
    const { endpoint, region, sessionToken, ...keys } = this.access;
    const url = addressingOf(location, { endpoint, pathStyle: true }).url(region, {});
    const request = { method: "PUT", url };
    const headers = await sign({ ...request, headers: {} }, { ...keys, sessionToken }, {
      region,
      at: new Date(),
      keys: new Map(),
    });
    const { signal } = new AbortController();
    const answer = await exchange({ ...request, headers, timeoutMs: 5000, signal });
    await answer.text();
    return answer.status;
  }
}

function givenAccess(endpoint: string): S3Access {
  return {
    endpoint,
    region: Deno.env.get("AWS_REGION") ?? "us-east-1",
    accessKey: Deno.env.get("AWS_ACCESS_KEY_ID") ?? "",
    secretKey: Deno.env.get("AWS_SECRET_ACCESS_KEY") ?? "",
    sessionToken: Deno.env.get("AWS_SESSION_TOKEN"),
  };
}

async function startProgram(): Promise<RealS3> {
  const program = Deno.env.get("MASTERD_TEST_S3_PROGRAM");
  if (!program) {
    throw new Error("MASTERD_TEST_S3_PROGRAM is not set: run tools/interop_extra_s3.sh");
  }
  const folder = await Deno.makeTempDir({ prefix: "masterd-s3-" });
  const port = freePort();
  const name = basename(program);
  const args = name === "minio"
    ? ["server", "--quiet", "--address", `127.0.0.1:${port}`, folder]
    : ["--host", "127.0.0.1", "--port", String(port)];
  const process = TestProcess.start(program, {
    args,
    cwd: folder,
    env: {
      MINIO_ROOT_USER: OWN_KEYS.accessKey,
      MINIO_ROOT_PASSWORD: OWN_KEYS.secretKey,
      MINIO_BROWSER: "off",
      HOME: folder,
    },
  });
  const access = { endpoint: `http://127.0.0.1:${port}`, region: "us-east-1", ...OWN_KEYS };
  return new RealS3({ access, program: name, process, folder });
}
