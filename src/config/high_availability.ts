import { posix } from "node:path";
import { pathToFileURL } from "node:url";
import { invalidValue } from "./config_error.ts";
import { nearest } from "./nearest.ts";

/** How leadership is found: not at all, by ZooKeeper, or by a module of the user. */
export type HighAvailabilityMode =
  | { readonly kind: "none" }
  | { readonly kind: "zookeeper" }
  | { readonly kind: "module"; readonly specifier: string };

const MODES: Readonly<Record<string, "none" | "zookeeper">> = {
  none: "none",
  // The name of the mode without high availability before Flink 1.0.
  standalone: "none",
  zookeeper: "zookeeper",
};

/** Reads the mode; a module's path becomes a `file:` URL and counts from `baseDir` if relative. */
export function parseHighAvailabilityMode(
  text: string,
  options: { baseDir: string },
): HighAvailabilityMode {
  const trimmed = text.trim();
  const name = trimmed.toLowerCase();
  const kind = Object.hasOwn(MODES, name) ? MODES[name] : undefined;
  if (kind !== undefined) return { kind };
  if (/^(?:file|https?|data):/i.test(trimmed)) return { kind: "module", specifier: trimmed };
  if (/\/|\.(?:js|mjs|ts)$/.test(trimmed)) {
    const path = posix.resolve(options.baseDir, trimmed);
    return { kind: "module", specifier: pathToFileURL(path).href };
  }
  throw invalidValue(
    text,
    `${JSON.stringify(text)} is no mode of high availability; ${advice(name)}`,
  );
}

function advice(name: string): string {
  const modes = "modes are NONE, ZOOKEEPER, or the path or URL of a JavaScript module";
  const meant = nearest(name, Object.keys(MODES));
  if (meant !== undefined) return `did you mean ${meant}? ${modes}`;
  if (/^[a-z_]\w*(?:\.\w+)+$/.test(name)) return `Java classes cannot be loaded; ${modes}`;
  return modes;
}
