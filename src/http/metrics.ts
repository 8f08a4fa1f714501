import { textResponse } from "./responses.ts";
import type { Route } from "./router.ts";

/** What a node measured, as a monitoring system reads it. */
export interface MetricsText {
  contentType: string;
  text: string;
}

/**
 * The route that Prometheus scrapes. Whatever formats a scraper would rather have, this one is
 * understood by all, so its `Accept` is not asked for.
 */
export function metricsRoutes(read: () => Promise<MetricsText>): Route[] {
  return [{
    method: "GET",
    path: "/metrics",
    answer: async () => {
      const { contentType, text } = await read();
      return textResponse(200, text, contentType);
    },
  }];
}
