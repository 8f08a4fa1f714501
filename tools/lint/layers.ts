/// <reference lib="deno.unstable" />
import { dirname, relative, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname!, "../..");

const BELOW_DAEMON = [
  "async",
  "log",
  "config",
  "zookeeper",
  "zookeeper/wire",
  "election",
  "storage",
  "state",
  "workload",
  "http",
  "quorum",
];

/** What each layer of src may import besides itself. ARCHITECTURE.md tells why. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  "async": [],
  "log": [],
  "config": ["async", "log"],
  "zookeeper/wire": [],
  "zookeeper": ["zookeeper/wire"],
  "election": ["zookeeper", "async", "log"],
  "storage": ["async", "log"],
  "state": ["zookeeper", "storage", "async", "log"],
  "workload": ["async", "log"],
  "http": ["async", "log"],
  "quorum": ["zookeeper/wire", "async", "log"],
  "daemon": [...BELOW_DAEMON, "deno.json"],
  "cli": ["daemon", ...BELOW_DAEMON, "deno.json"],
  "main.ts": ["cli"],
};

/** The packages that are allowed at all, and the layers that may use them. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "aws4fetch": ["storage"],
  "cli-progress": ["cli"],
  "fast-xml-parser": ["storage"],
  "prom-client": ["daemon"],
  "yaml": ["config"],
  "@std/cli/parse-args": ["cli"],
};

const ALIASES: Readonly<Record<string, string>> = { "zookeeper": "src/zookeeper/mod.ts" };

/** Says what is wrong with one import, or nothing if the layer of `file` may import `specifier`. */
export function importProblem(file: string, specifier: string): string | undefined {
  const path = relative(ROOT, resolve(ROOT, file));
  const layer = layerOf(path);
  if (layer === undefined) return undefined;
  const allowed = LAYERS[layer];
  if (allowed === undefined) return `Folder src/${layer} has no row in the table of layers`;
  if (specifier.startsWith("node:")) return undefined;
  const target = ALIASES[specifier] ?? targetPath(path, specifier);
  if (target === undefined) return packageProblem(layer, specifier);
  const targetLayer = layerOf(target) ?? target;
  if (targetLayer === layer || allowed.includes(targetLayer)) return undefined;
  const may = allowed.length === 0 ? "nothing of the project" : allowed.join(", ");
  return `Layer ${layer} may not import ${targetLayer}; it may import ${may}`;
}

/** The layer that a path, relative to the project, belongs to; nothing outside the layers. */
function layerOf(path: string): string | undefined {
  if (path === "main.ts") return path;
  const [top, layer, below] = path.split("/");
  if (top !== "src" || layer === undefined) return undefined;
  return layer === "zookeeper" && below === "wire" ? "zookeeper/wire" : layer;
}

function targetPath(path: string, specifier: string): string | undefined {
  if (!/^\.{0,2}\//.test(specifier)) return undefined;
  return relative(ROOT, resolve(ROOT, dirname(path), specifier));
}

function packageProblem(layer: string, specifier: string): string | undefined {
  const layers = PACKAGES[specifier];
  if (layers === undefined) {
    return `Package ${specifier} is not one of ${Object.keys(PACKAGES).join(", ")}`;
  }
  if (layers.includes(layer)) return undefined;
  return `Layer ${layer} may not import ${specifier}; that is for ${layers.join(", ")}`;
}

/** Imports point down only, along the table of layers. */
export const layers: Deno.lint.Rule = {
  create(context) {
    const check = (node: Deno.lint.Node, specifier: unknown) => {
      if (typeof specifier !== "string") return;
      const message = importProblem(context.filename, specifier);
      if (message !== undefined) context.report({ node, message });
    };
    return {
      ImportDeclaration: (node) => check(node, node.source.value),
      ExportAllDeclaration: (node) => check(node, node.source.value),
      ExportNamedDeclaration: (node) => check(node, node.source?.value),
      "ImportExpression[source.type='Literal']": (node) => check(node, node.source.value),
      "TSImportType[argument.type='TSLiteralType']": (node) =>
        check(node, node.argument.literal.value),
    };
  },
};
