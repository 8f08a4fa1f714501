import { StorageError, type StorageErrorKind } from "../errors.ts";

/** An exchange over HTTP that brought no answer, or not the whole of it. */
export class ExchangeError extends StorageError {
  /** False: no byte of the request can have reached the server. */
  readonly wasSent: boolean;

  constructor(
    kind: StorageErrorKind,
    message: string,
    { cause, wasSent }: { cause?: unknown; wasSent: boolean },
  ) {
    super(kind, message, { cause });
    this.wasSent = wasSent;
  }
}
