import { RequestError } from "./responses.ts";
import type { Route } from "./router.ts";

/** The token of `Authorization: Bearer TOKEN`; undefined if there is none. */
export function bearerToken(request: Request): string | undefined {
  const header = request.headers.get("authorization") ?? "";
  return /^Bearer +([\x21-\x7e]+) *$/i.exec(header)?.[1];
}

/** What a caller without a valid token is answered. */
export function unauthorized(): RequestError {
  return new RequestError(401, "A valid token is needed: Authorization: Bearer TOKEN", {
    headers: { "www-authenticate": "Bearer" },
  });
}

/** The same routes for callers whose token is accepted; the others learn nothing but that. */
export function withToken(
  routes: readonly Route[],
  isAccepted: (token: string | undefined) => boolean,
): Route[] {
  return routes.map((route) => ({
    ...route,
    answer: (request, parameters) => {
      if (!isAccepted(bearerToken(request))) throw unauthorized();
      return route.answer(request, parameters);
    },
  }));
}
