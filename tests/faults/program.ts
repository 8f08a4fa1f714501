import { fromFileUrl, main, permissions } from "../integration/daemon/source_tree.ts";

/** The words that start masterd from its sources. */
export const SOURCE_PROGRAM: readonly string[] = [
  Deno.execPath(),
  ...["run", "--quiet", "--no-prompt", ...permissions, fromFileUrl(main)],
];

/** The words that start the built masterd. */
export const BUILT_PROGRAM: readonly string[] = [
  fromFileUrl(new URL("../../dist/masterd", import.meta.url)),
];
