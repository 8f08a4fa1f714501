// A status is true only now: neither browser nor proxy may keep it.
const COMMON_HEADERS = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

export function jsonResponse(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): Response {
  return new Response(JSON.stringify(body) + "\n", {
    status,
    headers: { ...COMMON_HEADERS, "content-type": "application/json", ...headers },
  });
}

export function emptyResponse(status: number): Response {
  return new Response(null, { status, headers: COMMON_HEADERS });
}

/** An HTML page that may load nothing and run no script. */
export function htmlResponse(status: number, html: string): Response {
  return new Response(html, {
    status,
    headers: {
      ...COMMON_HEADERS,
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    },
  });
}

/** Why a request is not answered as was asked: the status, message and details of its answer. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly status: number;
  /** Stand beside the message in the answer. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    message: string,
    details: { fields?: Record<string, unknown>; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.status = status;
    this.fields = details.fields ?? {};
    this.headers = details.headers ?? {};
  }
}
