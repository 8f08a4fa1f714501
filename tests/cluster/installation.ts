import { cp, rm } from "node:fs/promises";
import { SOURCE_PROGRAM } from "../faults/program.ts";
import type { Host } from "./host.ts";

const REPOSITORY = new URL("../..", import.meta.url).pathname;

/** What lies in an installation folder, beside `bin`. */
export interface InstallationParts {
  /** Files of conf by name. */
  conf: Record<string, string>;
  /** What the binary says of itself; the version of the sources unless told. */
  version?: string;
}

/** Puts an installation on a host, as an archive that is unpacked would. */
export async function install(host: Host, home: string, parts: InstallationParts): Promise<void> {
  const folder = host.path(home);
  await cp(`${REPOSITORY}bin`, `${folder}/bin`, { recursive: true });
  await writeProgram(host, home, parts.version);
  await Deno.mkdir(`${folder}/conf`, { recursive: true });
  for (const [name, text] of Object.entries(parts.conf)) {
    await Deno.writeTextFile(`${folder}/conf/${name}`, text);
  }
}

/** Writes the stand-in for the binary, which takes minutes to build: it runs the sources. */
export async function writeProgram(host: Host, home: string, version?: string): Promise<void> {
  const path = `${host.path(home)}/masterd`;
  // A file of its own: nobody else's link to the old one changes.
  await rm(path, { force: true });
  await Deno.writeTextFile(path, program(version), { mode: 0o755 });
}

/** A word of a POSIX shell. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function program(version?: string): string {
  const words = SOURCE_PROGRAM.map(quoted).join(" ");
  const cache = Deno.env.get("DENO_DIR");
  const lines = [
    "#!/bin/sh",
    `export DENO_NO_UPDATE_CHECK=1 DENO_NO_PROMPT=1${cache ? ` DENO_DIR=${quoted(cache)}` : ""}`,
  ];
  if (version) {
    lines.push(
      `case "$1" in script-env | --version)`,
      `  ${words} "$@" | sed 's/^\\(version\\t\\|masterd \\).*/\\1${version}/'; exit ;;`,
      "esac",
    );
  }
  return [...lines, `exec ${words} "$@"`, ""].join("\n");
}
