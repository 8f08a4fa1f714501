import assert from "node:assert/strict";

const ROOT = new URL("../../../", import.meta.url);

/** The pages that people read, by their paths in the project. */
async function pages(): Promise<string[]> {
  const docs = await Array.fromAsync(Deno.readDir(new URL("docs/", ROOT)));
  const names = docs.map(({ name }) => `docs/${name}`).filter((name) => name.endsWith(".md"));
  return ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", ...names];
}

/** Where a page leads to inside the project; what is code leads nowhere. */
function links(text: string): string[] {
  const prose = text.replace(/```.*?```|`[^`\n]*`/gs, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!)
    .filter((link) => !/^[a-z]+:/.test(link));
}

/** The anchors of a page's headings, as they are made by those who show it. */
function anchors(text: string): string[] {
  const headings = text.replace(/```.*?```/gs, "").matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, heading]) =>
    heading!.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")
  );
}

/** What is wrong with a link, or nothing. */
async function fault(page: URL, link: string): Promise<string | undefined> {
  const target = new URL(link, page);
  const anchor = decodeURIComponent(target.hash.slice(1));
  target.hash = "";
  const text = await Deno.readTextFile(target).catch((error: Error) => error);
  // A folder is there, and cannot be read as a file.
  if (text instanceof Deno.errors.NotFound) return `${link} leads nowhere`;
  if (anchor === "" || typeof text !== "string" || anchors(text).includes(anchor)) return undefined;
  return `${link} leads to no heading`;
}

Deno.test("every link of README.md and docs leads somewhere in the project", async () => {
  const faults = await Promise.all((await pages()).map(async (name) => {
    const page = new URL(name, ROOT);
    const found = links(await Deno.readTextFile(page)).map((link) => fault(page, link));
    return (await Promise.all(found)).filter(Boolean).map((text) => `${name}: ${text}`);
  }));
  assert.deepEqual(faults.flat(), []);
});

Deno.test("links() and anchors() read pages as those who show them", () => {
  assert.deepEqual(links("[a](b.md#c) `[no](x)` [out](https://a) ```\n[no](y)\n```"), ["b.md#c"]);
  assert.deepEqual(anchors("# What `x` is, and why\n```\n# no\n```\n## B"), [
    "what-x-is-and-why",
    "b",
  ]);
});
