import type { ClusterDocument, JournalEvent, LeaseStatus } from "../../cluster_document.ts";

/** What is known of the way to the master; `sinceMs` by the clock of this page. */
export type Link =
  | { kind: "connecting" }
  | { kind: "live" }
  /** It answers, but sends no events. */
  | { kind: "polling" }
  | { kind: "cut-off"; sinceMs: number };

export type Cluster = ClusterDocument;

/** A value and when it arrived, by the clock of this page. */
export interface Received<T> {
  value: T;
  atMs: number;
}

export interface JournalEntry extends JournalEvent {
  id: string;
}

/** All that the page knows. */
export interface Picture {
  link: Link;
  cluster: Received<Cluster> | undefined;
  lease: Received<LeaseStatus> | undefined;
  /** Oldest first. */
  journal: JournalEntry[];
}

/** One event of a stream of Server-Sent Events. */
export interface ServerSentEvent {
  type: string;
  id: string | undefined;
  data: string;
}
