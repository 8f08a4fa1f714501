/** A file that the command line names cannot be read or written. */
export class LocalFileError extends Error {
  override readonly name = "LocalFileError";
}
