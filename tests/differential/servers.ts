import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestQuorumServer } from "../support/quorum_server.ts";
import { ZooKeeperServer } from "../support/zookeeper_server.ts";
import type { Contestants } from "./comparison.ts";
import { SUPER_DIGEST } from "./identities.ts";
import type { TestedServer } from "./subject.ts";

const TICK_MS = 200;
const MAX_TIMEOUT_MS = 60_000;
// Sweeps come at a moment of each server's own.
const NEVER_MS = 2 ** 31 - 1;
// Some per program, so that restarts begin with one.
const SNAPSHOT_TRANSACTIONS = 200;

/** Apache ZooKeeper and the embedded server; neither deletes nodes of its own accord. */
export const contestants: Contestants = { reference: startApache, tested: startEmbedded };

async function startApache(): Promise<TestedServer> {
  return await ZooKeeperServer.start({
    kind: "apache",
    tickTimeMs: TICK_MS,
    maxSessionTimeoutMs: MAX_TIMEOUT_MS,
    settings: {
      extendedTypesEnabled: "true",
      "DigestAuthenticationProvider.superDigest": SUPER_DIGEST,
    },
    jvmOptions: [
      "-Xmx256m",
      "-XX:+UseSerialGC",
      "-Xshare:auto",
      `-Dznode.container.checkIntervalMs=${NEVER_MS}`,
    ],
  });
}

async function startEmbedded(): Promise<TestedServer> {
  const folder = await mkdtemp(join(tmpdir(), "masterd-differential-"));
  return new EmbeddedServer(folder, await startIn(folder));
}

function startIn(folder: string): Promise<TestQuorumServer> {
  return TestQuorumServer.start({
    folder,
    settings: {
      tickTimeMs: TICK_MS,
      maxSessionTimeoutMs: MAX_TIMEOUT_MS,
      areTtlNodesAllowed: true,
      superDigest: SUPER_DIGEST,
      sweepIntervalMs: NEVER_MS,
      snapshotTransactions: SNAPSHOT_TRANSACTIONS,
    },
  });
}

class EmbeddedServer implements TestedServer {
  readonly #folder: string;
  #server: TestQuorumServer;

  constructor(folder: string, server: TestQuorumServer) {
    this.#folder = folder;
    this.#server = server;
  }

  get port(): number {
    return this.#server.port;
  }

  fourLetterWord(word: string): Promise<string> {
    return this.#server.fourLetterWord(word);
  }

  async restart(): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
    this.#server = await startIn(this.#folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true });
  }
}
