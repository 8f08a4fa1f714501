import { systemCodeOf, systemFact } from "./system_code.ts";

/** The file system does not do what it is asked for: nothing more becomes durable. */
export class StorageFailedError extends Error {
  override readonly name = "StorageFailedError";
  /** The name of the system's error number, `ENOSPC`, as far as it is known. */
  readonly code: string;

  /** `act` is what could not be done, with the path: "write /data/0000000000000001.log". */
  constructor(act: string, cause: unknown) {
    super(`Cannot ${act}: ${systemFact(cause)}`, { cause });
    this.code = systemCodeOf(cause);
  }
}

/** Data that was durable does not check, or is missing. The message names the file and the offset. */
export class CorruptDataError extends Error {
  override readonly name = "CorruptDataError";

  /** The fact follows the place: "the checksum of a batch is wrong". */
  static at(path: string, offset: number, fact: string): CorruptDataError {
    return new CorruptDataError(`The data is corrupt: ${path}, offset ${offset}: ${fact}`);
  }
}

/** A folder that is not this server's to use. */
export class DataFolderError extends Error {
  override readonly name = "DataFolderError";
}

/** Runs calls to the file system whose failure is named by the act, or by a more exact one within. */
export async function orStorageFailed<T>(act: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw error instanceof StorageFailedError ? error : new StorageFailedError(act, error);
  }
}
