import { formatHostPort } from "../../config/host_port.ts";
import type { ExpectedMaster } from "./expected_cluster.ts";
import type { MasterAnswer } from "./master_call.ts";
import type { MasterStatus } from "./master_status.ts";

/** A master that was asked, and what came of it. */
export interface MasterView {
  /** The line of conf/masters, if one stands for it. */
  expected: ExpectedMaster | undefined;
  host: string;
  /** Undefined: nobody knows it. */
  port: number | undefined;
  isRegistered: boolean;
  answer: MasterAnswer;
}

/** A master that answered. */
export type AnsweringMaster = MasterView & { port: number; status: MasterStatus };

/** Those that answered, with what they said. */
export function answering(views: readonly MasterView[]): AnsweringMaster[] {
  return views.flatMap((view) => {
    const { answer, port } = view;
    return answer.kind === "master" && port !== undefined
      ? [{ ...view, port, status: answer.status }]
      : [];
  });
}

/** `host:port`, or the host alone where the port is not known. */
export function nameOf({ host, port }: Pick<MasterView, "host" | "port">): string {
  return port === undefined ? host : formatHostPort({ host, port });
}

/** Gives each line of conf/masters one master, and each master one place. */
export function settleViews(views: readonly MasterView[]): MasterView[] {
  return withoutTwins(withMoved(views));
}

/** A line whose place nobody serves, nor did of late, gets the master of its host that is elsewhere. */
function withMoved(views: readonly MasterView[]): MasterView[] {
  const moved = new Set<MasterView>();
  const settled = views.map((view) => {
    const { expected, isRegistered, answer } = view;
    if (expected === undefined || isRegistered || answer.kind === "master") return view;
    const found = views.find((other) =>
      other.expected === undefined && other.answer.kind === "master" && !moved.has(other) &&
      other.host.toLowerCase() === view.host.toLowerCase()
    );
    if (found === undefined) return view;
    moved.add(found);
    return { ...found, expected };
  });
  return settled.filter((view) => !moved.has(view));
}

/** One process under two names serves one place, that under which it knows itself. */
function withoutTwins(views: readonly MasterView[]): MasterView[] {
  const owners = new Map<string, MasterView>();
  for (const view of answering(views)) {
    const key = processOf(view.status);
    if (!owners.has(key) || isOwnName(view)) owners.set(key, view);
  }
  return views.map((view) => {
    if (view.answer.kind !== "master") return view;
    const owner = owners.get(processOf(view.answer.status))!;
    if (owner.host === view.host && owner.port === view.port) return view;
    const fact = `the master ${nameOf(owner)} answers there`;
    return { ...view, answer: { kind: "foreign", fact } };
  });
}

function processOf({ host, webuiPort, pid, startedAt }: MasterStatus): string {
  return [host, webuiPort, pid, startedAt].join(" ");
}

function isOwnName({ host, port, status }: AnsweringMaster): boolean {
  return host.toLowerCase() === status.host.toLowerCase() && port === status.webuiPort;
}
