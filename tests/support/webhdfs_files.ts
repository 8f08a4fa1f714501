/** A file of the test's file system. */
export interface HdfsFile {
  content: Uint8Array;
  permission: string;
  /** The flags it was created with, `CREATE,SYNC_BLOCK`, or nothing. */
  flags: string;
}

/** What Java throws, as WebHDFS sends it. */
export class JavaException extends Error {
  constructor(readonly exception: string, message: string, readonly status = 403) {
    super(message);
  }
}

/** A file system in memory with the rules of HDFS that a storage relies on. */
export class HdfsFiles {
  readonly #files = new Map<string, HdfsFile>();

  get paths(): string[] {
    return [...this.#files.keys()].sort();
  }

  get(path: string): HdfsFile | undefined {
    return this.#files.get(path);
  }

  /** Puts a file there, whatever was there before. */
  put(path: string, content: Uint8Array | string, permission = "644", flags = ""): void {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    this.#files.set(path, { content: bytes, permission, flags });
  }

  checkNew(path: string): void {
    if (!this.#files.has(path)) return;
    throw new JavaException(
      "FileAlreadyExistsException",
      `${path} for client 127.0.0.1 already exists`,
    );
  }

  need(path: string): HdfsFile {
    const file = this.#files.get(path);
    if (file) return file;
    throw new JavaException("FileNotFoundException", `File does not exist: ${path}`, 404);
  }

  /** False if the source is missing, or the target is there, or its folder is not. */
  rename(from: string, to: string): boolean {
    const file = this.#files.get(from);
    const folder = to.slice(0, to.lastIndexOf("/"));
    if (!file || this.#files.has(to) || !this.isFolder(folder)) return false;
    this.#files.delete(from);
    this.#files.set(to, file);
    return true;
  }

  delete(path: string): boolean {
    if (this.isFolder(path)) {
      throw new JavaException(
        "PathIsNotEmptyDirectoryException",
        `\`${path} is non empty': Directory is not empty`,
      );
    }
    return this.#files.delete(path);
  }

  isFolder(path: string): boolean {
    return path === "" || [...this.#files.keys()].some((file) => file.startsWith(`${path}/`));
  }

  /** The entries of a folder in order, folders included. */
  statuses(folder: string): Record<string, unknown>[] {
    const file = this.#files.get(folder);
    if (file) return [fileStatus("", file)];
    if (!this.isFolder(folder)) {
      throw new JavaException("FileNotFoundException", `File ${folder} does not exist.`, 404);
    }
    const below = this.paths.filter((path) => path.startsWith(`${folder}/`));
    const names = new Set(below.map((path) => path.slice(folder.length + 1).split("/")[0]!));
    return [...names].map((name) => {
      const entry = this.#files.get(`${folder}/${name}`);
      return entry ? fileStatus(name, entry) : { ...FOLDER, pathSuffix: name };
    });
  }

  status(path: string): Record<string, unknown> {
    if (!this.#files.has(path) && this.isFolder(path)) return { ...FOLDER, pathSuffix: "" };
    return fileStatus("", this.need(path));
  }
}

const FOLDER = { length: 0, permission: "755", replication: 0, type: "DIRECTORY" };

function fileStatus(pathSuffix: string, { content, permission }: HdfsFile) {
  return { length: content.length, pathSuffix, permission, replication: 1, type: "FILE" };
}
