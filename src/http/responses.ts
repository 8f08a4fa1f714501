// A status is true only now: neither browser nor proxy may keep it.
export const COMMON_HEADERS = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

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

export function textResponse(status: number, text: string, contentType: string): Response {
  return new Response(text, {
    status,
    headers: { ...COMMON_HEADERS, "content-type": contentType },
  });
}

export function emptyResponse(status: number): Response {
  return new Response(null, { status, headers: COMMON_HEADERS });
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
