import document from "./openapi.yaml" with { type: "text" };
import { textResponse } from "./responses.ts";
import type { Route } from "./router.ts";

/** The route at which a master publishes the description of all its routes. */
export function openapiRoutes(): Route[] {
  return [{
    method: "GET",
    path: "/api/v1/openapi.yaml",
    answer: () => textResponse(200, document, "application/yaml; charset=utf-8"),
  }];
}
