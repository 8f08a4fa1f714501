import type { ClusterDocument } from "./cluster_document.ts";
import type { EventHub } from "./events_hub.ts";
import { jsonResponse } from "./responses.ts";
import type { Route } from "./router.ts";

/** What answers for the whole cluster. */
export interface ClusterCalls {
  /** What is known of the cluster; takes a moment if nobody has asked for a while. */
  document(): Promise<ClusterDocument>;
  events: Pick<EventHub, "open" | "journal">;
}

/** The routes by which people and pages see the cluster, whichever master they ask. */
export function clusterRoutes({ document, events }: ClusterCalls): Route[] {
  return [
    {
      method: "GET",
      path: "/api/v1/cluster",
      answer: async () => jsonResponse(200, await document()),
    },
    { method: "GET", path: "/api/v1/events", answer: (request) => events.open(request) },
    {
      method: "GET",
      path: "/api/v1/journal",
      answer: () => jsonResponse(200, events.journal.document()),
    },
  ];
}
