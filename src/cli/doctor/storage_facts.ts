import type { ZooKeeper } from "zookeeper";
import { withLimit } from "../../async/abortable.ts";
import type { Configuration } from "../../config/configuration.ts";
import type { StorageFacts } from "../../daemon/doctor/facts.ts";
import { StartError } from "../../daemon/start_error.ts";
import { openClusterStorage } from "../../daemon/state/open_state.ts";
import { createLogger } from "../../log/logger.ts";
import { isStateError } from "../../state/errors.ts";
import {
  blobFolder,
  readIdentity,
  type StateIdentity,
  verifyStorage,
} from "../../state/identity.ts";
import { stateLayout } from "../../state/layout.ts";
import { isStorageError } from "../../storage/errors.ts";
import type { Storage } from "../../storage/storage.ts";
import { problemText } from "./problem_text.ts";

const LIMIT_MS = 5000;

/**
 * Looks whether the storage can be read and, where nothing is left behind by it, written: in the folder
 * of files that holds the state already. `zk` is undefined while ZooKeeper cannot be reached. Undefined
 * where no state is kept.
 */
export async function lookAtStorage(
  configuration: Configuration,
  { zk, signal }: { zk: ZooKeeper | undefined; signal: AbortSignal },
): Promise<StorageFacts | undefined> {
  const url = configuration.highAvailability.storageDir?.url ?? "";
  try {
    const logger = createLogger("doctor", { write: () => {} });
    await using storage = await openClusterStorage(configuration, logger);
    if (storage === undefined) return undefined;
    const isFolder = configuration.highAvailability.storageDir?.scheme === "file";
    const look = (limited: AbortSignal) =>
      tryOut(storage, {
        namespace: configuration.zookeeper.namespace,
        zk,
        isFolder,
        signal: limited,
      });
    await withLimit(look, { act: "Looking at the storage", timeoutMs: LIMIT_MS, signal });
    return { url: storage.url };
  } catch (error) {
    signal.throwIfAborted();
    return { url, problem: { kind: kindOf(error), text: problemText(error) } };
  }
}

async function tryOut(
  storage: Storage,
  { namespace, zk, isFolder, signal }: {
    namespace: string;
    zk: ZooKeeper | undefined;
    isFolder: boolean;
    signal: AbortSignal;
  },
): Promise<void> {
  const identity = zk && await readIdentity(zk, stateLayout(namespace), { signal });
  if (identity === undefined) {
    // Any folder will do: none is there, and somebody has to say so.
    await Array.fromAsync(storage.list("doctor", { signal }));
    return;
  }
  await verifyStorage(storage, identity, { signal });
  if (isFolder) await tryWriting(storage, identity, signal);
}

async function tryWriting(
  storage: Storage,
  identity: StateIdentity,
  signal: AbortSignal,
): Promise<void> {
  const name = `${blobFolder(identity)}/doctor-${crypto.randomUUID()}`;
  await storage.write(name, oneByte(), { signal });
  await storage.delete(name, { signal });
}

async function* oneByte(): AsyncGenerator<Uint8Array, void, void> {
  yield new Uint8Array(1);
}

function kindOf(error: unknown): "unreachable" | "wrong" | "failing" {
  const isLate = error instanceof DOMException && error.name === "TimeoutError";
  if (isLate || isStorageError(error, "unavailable", "timeout")) return "unreachable";
  const isWrong = error instanceof StartError || isStorageError(error, "misconfigured") ||
    isStateError(error, "wrong-storage", "broken");
  return isWrong ? "wrong" : "failing";
}
