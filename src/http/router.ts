import { jsonResponse, RequestError } from "./responses.ts";

export type Method = "GET" | "POST" | "PUT" | "DELETE";

/** The parts of a path that a route left open, by name. */
export type PathParameters = Readonly<Record<string, string>>;

export interface Route {
  method: Method;
  /**
   * A segment that starts with a colon matches any one segment, `/rpc/v1/workers/:id`; one that starts
   * with an asterisk all that is left of a path, `/files/*path`.
   */
  path: string;
  answer: (request: Request, parameters: PathParameters) => Response | Promise<Response>;
}

/** Answers each request by the route that fits; HEAD is answered as GET, the server drops the body. */
export function answerBy(routes: readonly Route[]): (request: Request) => Promise<Response> {
  return async (request) => {
    try {
      return await answerOne(routes, request);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      const { status, message, fields, headers } = error;
      return jsonResponse(status, { error: message, ...fields }, headers);
    }
  };
}

function answerOne(
  routes: readonly Route[],
  request: Request,
): Response | Promise<Response> {
  const path = pathOf(request.url);
  const matches = routes.flatMap((route) => {
    const parameters = matchPath(route.path, path);
    return parameters ? [{ route, parameters }] : [];
  });
  if (matches.length === 0) throw new RequestError(404, `There is nothing at ${path}`);
  const method = request.method === "HEAD" ? "GET" : request.method;
  const match = matches.find(({ route }) => route.method === method);
  if (match) return match.route.answer(request, match.parameters);
  const allowed = allowedMethods(matches.map(({ route }) => route.method));
  return jsonResponse(
    405,
    { error: `${request.method} is not allowed here: use ${allowed}` },
    { allow: allowed },
  );
}

function allowedMethods(methods: readonly Method[]): string {
  return methods.flatMap((method) => method === "GET" ? ["GET", "HEAD"] : [method]).join(", ");
}

// By hand: with a malformed Host header the URL that the server makes of a request cannot be parsed.
function pathOf(url: string): string {
  return url.replace(/^[a-z]+:\/\/[^/?#]*/, "").replace(/[?#].*$/s, "") || "/";
}

function matchPath(pattern: string, path: string): PathParameters | undefined {
  const expected = pattern.split("/");
  const actual = splitPath(path, expected);
  if (expected.length !== actual.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, segment] of expected.entries()) {
    const value = actual[index]!;
    if (/^[:*]/.test(segment)) parameters[segment.slice(1)] = decodeSegment(value);
    else if (segment !== value) return undefined;
  }
  return parameters;
}

function splitPath(path: string, expected: readonly string[]): string[] {
  const segments = path.split("/");
  if (!expected.at(-1)!.startsWith("*")) return segments;
  const last = expected.length - 1;
  return segments.length <= last
    ? segments
    : [...segments.slice(0, last), segments.slice(last).join("/")];
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new RequestError(400, `The path segment ${segment} is not percent-encoded UTF-8`);
  }
}
