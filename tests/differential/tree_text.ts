import type { Client } from "./client.ts";

/** All nodes of a server as it tells them to one that may read everything: a line for each answer. */
export async function treeText(client: Client): Promise<string[]> {
  const waiting = ["/"];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const body = { path, watch: false };
    const answers = await client.ask(
      { name: "getACL", body: { path } },
      { name: "getData", body },
      { name: "getChildren2", body },
    );
    // A server that does not show it says so in what was heard.
    const { children } = (answers[2]?.body ?? { children: [] }) as { children: string[] };
    const prefix = path === "/" ? "" : path;
    waiting.push(...children.toSorted().map((name) => `${prefix}/${name}`));
  }
  return client.takeHeard();
}
