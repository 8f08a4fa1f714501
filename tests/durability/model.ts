/** One write of a writer in its own part of the tree; each is possible where it is made. */
export type Write =
  | { readonly kind: "create"; readonly name: string; readonly isEphemeral: boolean }
  | { readonly kind: "set"; readonly name: string; readonly value: number }
  | { readonly kind: "delete"; readonly name: string }
  /** Two nodes, in one transaction. */
  | { readonly kind: "setPair"; readonly value: number }
  /** A transaction whose last part is refused. */
  | { readonly kind: "refused"; readonly value: number }
  | { readonly kind: "createSequential" };

/** What a writer's part of the tree holds. */
export interface Holdings {
  /** Names of nodes with their value, version, and whether they are ephemeral, as text. */
  readonly nodes: ReadonlyMap<string, string>;
  /** How many sequential nodes there are. */
  readonly sequential: number;
}

export const PAIR = ["left", "right"] as const;

/** What every writer begins with. */
export const INITIAL: Holdings = {
  nodes: new Map(
    PAIR.map((name) => [name, describe({ value: 0, version: 0, isEphemeral: false })]),
  ),
  sequential: 0,
};

interface Content {
  readonly value: number;
  readonly version: number;
  readonly isEphemeral: boolean;
}

/** A node's content as the one text that is compared. */
export function describe({ value, version, isEphemeral }: Content): string {
  return `${value} version ${version}${isEphemeral ? " ephemeral" : ""}`;
}

/** The holdings after one more write. */
export function applied(holdings: Holdings, write: Write): Holdings {
  switch (write.kind) {
    case "create": {
      const content = { value: 0, version: 0, isEphemeral: write.isEphemeral };
      return withNodes(holdings, [[write.name, describe(content)]]);
    }
    case "set":
      return withNodes(holdings, [[write.name, changed(holdings, write.name, write.value)]]);
    case "delete": {
      const nodes = new Map(holdings.nodes);
      nodes.delete(write.name);
      return { ...holdings, nodes };
    }
    case "setPair":
      return withNodes(
        holdings,
        PAIR.map((name) => [name, changed(holdings, name, write.value)]),
      );
    case "refused":
      return holdings;
    case "createSequential":
      return { ...holdings, sequential: holdings.sequential + 1 };
  }
}

/**
 * How many of the open writes have taken effect: a server takes the requests of one connection in their
 * order, so it is the first ones or none; undefined if no such number explains what is there.
 */
export function effectiveCount(
  before: Holdings,
  open: readonly Write[],
  found: Holdings,
): number | undefined {
  let holdings = before;
  for (let count = 0;; count++) {
    if (areEqual(holdings, found)) return count;
    if (count === open.length) return undefined;
    holdings = applied(holdings, open[count]!);
  }
}

function withNodes(holdings: Holdings, entries: [string, string][]): Holdings {
  return { ...holdings, nodes: new Map([...holdings.nodes, ...entries]) };
}

function changed({ nodes }: Holdings, name: string, value: number): string {
  const [, version, kind = ""] = /version (\d+)(.*)$/.exec(nodes.get(name)!)!;
  return describe({ value, version: Number(version) + 1, isEphemeral: kind !== "" });
}

function areEqual(one: Holdings, other: Holdings): boolean {
  return one.sequential === other.sequential && one.nodes.size === other.nodes.size &&
    [...one.nodes].every(([name, content]) => other.nodes.get(name) === content);
}
