import type { FaultyStorageOptions } from "./faulty_storage.ts";

const NAMESPACES = [["--mount"], ["--user", "--map-root-user", "--mount"]];

/** How this user can mount a file system that nobody else sees; undefined: not at all. */
const unshare = firstThatWorks();

/** Whether there is a way; a test that is left out says in its name why. */
export const canMount = unshare !== undefined;

/** Starts a process that has a small file system in memory at a folder. */
export function smallFileSystem(folder: string, size: string): FaultyStorageOptions {
  const mount = `mount -t tmpfs -o size=${size},mode=0700 tmpfs "$0" && exec "$@"`;
  return { prefix: [...unshare!, "sh", "-c", mount, folder] };
}

function firstThatWorks(): string[] | undefined {
  const script = "mount -t tmpfs tmpfs /mnt";
  return NAMESPACES.map((flags) => ["unshare", ...flags]).find(([program, ...args]) =>
    new Deno.Command(program!, { args: [...args, "sh", "-c", script], stderr: "null" })
      .outputSync().success
  );
}
