import { ZkError } from "zookeeper";
import { StorageError } from "../storage/errors.ts";
import { StateError } from "./errors.ts";

/** Runs a step whose failures of storage and ZooKeeper become StateErrors; those of a signal stay. */
export async function asStateError<T>(act: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw toStateError(act, error);
  }
}

/** A failure of storage or ZooKeeper as a StateError that names the act; any other as it is. */
export function toStateError(act: string, error: unknown): unknown {
  const message = error instanceof Error ? `Cannot ${act}: ${error.message}` : "";
  if (error instanceof StorageError) return new StateError("storage", message, { cause: error });
  if (error instanceof ZkError) return new StateError("unavailable", message, { cause: error });
  return error;
}
