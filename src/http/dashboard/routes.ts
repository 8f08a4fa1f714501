import { textResponse } from "../responses.ts";
import type { Route } from "../router.ts";
import type { NodeStatus } from "../status.ts";
import { ASSETS } from "./assets.ts";
import { renderPage } from "./page.ts";

// The page loads its own files and talks to its own master, and no text can become a script in it.
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

/** The page for people at `/`, and the files it loads. */
export function dashboardRoutes(status: () => NodeStatus): Route[] {
  const page: Route = { method: "GET", path: "/", answer: () => pageResponse(status()) };
  const files = ASSETS.map(({ path, type, text }): Route => ({
    method: "GET",
    path: `/${path}`,
    answer: () => textResponse(200, text, `${type}; charset=utf-8`),
  }));
  return [page, ...files];
}

function pageResponse(status: NodeStatus): Response {
  const code = status.role === "stopping" ? 503 : 200;
  const response = textResponse(code, renderPage(status), "text/html; charset=utf-8");
  response.headers.set("content-security-policy", POLICY);
  response.headers.set("referrer-policy", "no-referrer");
  return response;
}
