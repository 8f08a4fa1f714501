/// <reference lib="deno.unstable" />
import { relative, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname!, "../..");
const TIMELESS = ["src/zookeeper/", "src/election/"];

/** Sessions and leadership are timed by the monotonic clock; the wall clock can jump. */
export const wallClock: Deno.lint.Rule = {
  create(context) {
    const path = relative(ROOT, resolve(ROOT, context.filename));
    if (!TIMELESS.some((folder) => path.startsWith(folder))) return {};
    const report = (node: Deno.lint.Node) =>
      context.report({ node, message: "The wall clock can jump", hint: "Use performance.now()" });
    return {
      "MemberExpression[object.name='Date'][property.name='now']": report,
      "MemberExpression[object.property.name='Date'][property.name='now']": report,
      "NewExpression[callee.name='Date'][arguments.length=0]": report,
      "CallExpression[callee.name='Date']": report,
    };
  },
};
