import axe from "axe-core";
import type { BrowserPage } from "./browser_page.ts";

interface Violation {
  id: string;
  help: string;
  nodes: { target: string[]; failureSummary: string }[];
}

/** What axe-core finds wrong with the page as it is now, a line for each. */
export async function violationsOf(page: BrowserPage): Promise<string[]> {
  await page.evaluate(`${axe.source}; undefined`);
  const violations = await page.evaluate(
    "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)",
  ) as Violation[];
  return violations.map(({ id, help, nodes }) =>
    `${id}: ${help}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`
  );
}
