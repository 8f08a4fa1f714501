/** Something that keeps a cluster from being well. */
export interface Problem {
  kind: ProblemKind;
  message: string;
}

export type ProblemKind =
  | "election-unreachable"
  | "leader-unreadable"
  | "no-leader"
  | "foreign-leader"
  | "leader-silent"
  | "leaders-disagree"
  | "follows-another"
  | "master-unreachable"
  | "master-foreign"
  | "master-not-ready"
  | "workers-unknown"
  | "workers-missing";
