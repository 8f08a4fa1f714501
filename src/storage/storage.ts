/** Bytes as they travel: pieces of any size. A piece belongs to its receiver: its buffer is not used again. */
export type Bytes = AsyncIterable<Uint8Array>;

/** One blob as its folder lists it. */
export interface BlobInfo {
  /** Within its folder, without the folder's name. */
  name: string;
  /** In bytes. */
  length: number;
}

/**
 * Blobs by name below one URL. A name is one segment, or a folder and a segment, of letters, digits and
 * `. _ ~ -`, and never begins with a dot. Everything that waits ends with its signal; every failure is
 * a StorageError.
 */
export interface Storage extends AsyncDisposable {
  /** Where the blobs lie, for logs and messages: no secret in it. */
  readonly url: string;
  /**
   * Writes a new blob, whole or not at all; when it resolves the blob survives a crash of the host.
   * What a failure left behind has another name, or is deleted.
   * @throws {StorageError} `exists` if the name is taken
   */
  write(name: string, content: Bytes, options: { signal: AbortSignal }): Promise<void>;
  /**
   * The bytes of a blob.
   * @throws {StorageError} `not-found` when the first bytes are asked for
   */
  read(name: string, options: { signal: AbortSignal }): Bytes;
  /** The blobs of a folder, in no order; none if there is no such folder. Unfinished ones are left out. */
  list(folder: string, options: { signal: AbortSignal }): AsyncIterable<BlobInfo>;
  /** Deletes a blob; one that is gone already is no failure. */
  delete(name: string, options: { signal: AbortSignal }): Promise<void>;
  /**
   * Deletes what writers that died left unfinished in a folder, and returns its names; what this object
   * writes is left alone. Only for who knows that no other writer's blobs count any more, as a leader
   * does once a write has proved its leadership: a write that is under way elsewhere fails by it.
   */
  removeUnfinished(folder: string, options: { signal: AbortSignal }): Promise<string[]>;
}
