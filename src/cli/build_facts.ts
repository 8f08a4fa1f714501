import { VERSION } from "../daemon/version.ts";

/** tools/build.sh writes behind this mark what it built from; run from its sources there is nothing. */
const FACTS = "@masterd-build-facts@";

/** What a binary was built from. */
export interface BuildFacts {
  commit: string;
  /** Of the commit, so that two builds of it are the same; ISO 8601, UTC. */
  time: string;
  /** Whether the sources were not those of the commit. */
  isModified: boolean;
  /** Version of the Deno that bundled and compiled it. */
  deno: string;
  /** Whose runtime it carries. */
  base: string;
}

/** What runs: the version, and what it was built from. */
export function formatBuild(
  { isJson, facts = parseFacts(FACTS.replace(/^@.*@/, "")) }: {
    isJson: boolean;
    facts?: BuildFacts;
  },
): string {
  const { deno, v8 } = Deno.version;
  const runtime = { deno, v8, target: Deno.build.target };
  if (isJson) return JSON.stringify({ version: VERSION, build: facts ?? null, runtime });
  const engine = `V8 ${v8}, ${runtime.target}`;
  if (facts === undefined) {
    return `masterd ${VERSION}\nrun from its sources by Deno ${deno} (${engine})`;
  }
  const changes = facts.isModified ? ", with changes that no commit has" : "";
  return [
    `masterd ${VERSION}`,
    `commit ${facts.commit}, ${facts.time}${changes}`,
    `built by Deno ${facts.deno} on the base ${facts.base} (Deno ${deno}, ${engine})`,
  ].join("\n");
}

/** Reads `commit=…;time=…;modified=no;deno=…;base=…`; undefined without a commit. */
export function parseFacts(text: string): BuildFacts | undefined {
  const facts = new Map(
    text.split(";").map((fact): [string, string] => {
      const [name, ...value] = fact.split("=");
      return [name!, value.join("=")];
    }),
  );
  const of = (name: string) => facts.get(name) || "unknown";
  if (!facts.has("commit")) return undefined;
  return {
    commit: of("commit"),
    time: of("time"),
    isModified: of("modified") === "yes",
    deno: of("deno"),
    base: of("base"),
  };
}
