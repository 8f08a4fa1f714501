/** An open file: an id that no other one ever has. */
export type FileId = string;

/** A part of a file. */
export interface FilePart {
  bytes: Uint8Array;
  /** To read on; undefined: the file has ended, and is closed. */
  file: FileId | undefined;
}

/** Calls that open files, or need one that is open. */
export interface FileCalls {
  /** Makes a new file, for its owner alone, that begins with these bytes. */
  create(path: string, bytes: Uint8Array): Promise<FileId>;
  append(file: FileId, bytes: Uint8Array): Promise<void>;
  /** Waits until the content so far survives a crash of the host. */
  flush(file: FileId): Promise<void>;
  /** Flushes content and attributes, and closes the file. */
  seal(file: FileId): Promise<void>;
  /** Closes a file, whatever became of it; one that is closed already is no failure. */
  close(file: FileId): Promise<void>;
  /** The first 64 KiB. */
  open(path: string): Promise<FilePart>;
  /** The next 256 KiB. */
  read(file: FileId): Promise<FilePart>;
  /** Waits until the names in a folder survive a crash of the host, where the file system can tell. */
  syncFolder(path: string): Promise<void>;
}

/** What FileStorage asks the system for. Any call may take for ever; errors have a `code`, `ENOSPC`. */
export interface FileSystem extends FileCalls, Disposable {
  /** Gives a file a second name, and fails with `EEXIST` if that is taken. */
  link(path: string, newPath: string): Promise<void>;
  rename(path: string, newPath: string): Promise<void>;
  remove(path: string): Promise<void>;
  makeFolder(path: string): Promise<void>;
  /** The names of the regular files of a folder. */
  names(folder: string): Promise<string[]>;
  stat(path: string): Promise<FileStat>;
}

export interface FileStat {
  /** In bytes. */
  length: number;
  /** The same for two names of one file; nearly unique, since Deno rounds the numbers of inodes. */
  identity: string;
  /** How many names it has. */
  nameCount: number;
}
