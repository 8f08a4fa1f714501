/// <reference lib="deno.unstable" />
import { relative, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname!, "../..");
const OWNERS = new Set(["Deno", "process"]);
const EDGES = new Set(["args", "argv", "exit"]);

/** Only main.ts reads the arguments and ends the process; everything else is told and returns. */
export const processEdge: Deno.lint.Rule = {
  create(context) {
    if (!relative(ROOT, resolve(ROOT, context.filename)).startsWith("src/")) return {};
    const report = (node: Deno.lint.Node, owner: string, edge: string) =>
      context.report({ node, message: `Only main.ts may use ${owner}.${edge}` });
    return {
      MemberExpression(node) {
        const owner = lastName(node.object);
        const edge = propertyName(node);
        if (owner && edge && OWNERS.has(owner) && EDGES.has(edge)) report(node, owner, edge);
      },
      "VariableDeclarator[id.type='ObjectPattern']"(node) {
        const owner = lastName(node.init);
        if (!owner || !OWNERS.has(owner)) return;
        for (const { key } of node.id.properties) {
          if (key && EDGES.has(key.name)) report(node, owner, key.name);
        }
      },
    };
  },
};

/** `Deno` of both `Deno` and `globalThis.Deno`. */
function lastName(node: Deno.lint.Node | null): string | undefined {
  if (node?.type === "Identifier") return node.name;
  return node?.type === "MemberExpression" ? propertyName(node) : undefined;
}

function propertyName(node: Deno.lint.MemberExpression): string | undefined {
  const { property } = node;
  if (property.type === "Identifier") return node.computed ? undefined : property.name;
  return property.type === "Literal" ? String(property.value) : undefined;
}
