const PREFIX = "/webhdfs/v1";

/** The URL of one operation on a path that is not percent-encoded. */
export function operationUrl(
  base: URL,
  options: { path: string; operation: string; parameters: Readonly<Record<string, string>> },
): URL {
  const { path, operation, parameters } = options;
  const url = new URL(base.origin);
  url.pathname = PREFIX + path.split("/").map(encodeURIComponent).join("/");
  const pairs = Object.entries({ op: operation, ...parameters });
  // Not URLSearchParams: it writes a space as "+", which is not what every server reads.
  url.search = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
  return url;
}

// CreateFlag.SYNC_BLOCK: data nodes write blocks to disk before they are done.
const CREATE_DURABLY = "CREATE,SYNC_BLOCK";

/**
 * Asks a data node to write blocks to disk. Only where the name node has left room for it: name nodes
 * of Hadoop 3 encode the flag twice when they are given it themselves, and data nodes then miss it.
 */
export function durableCreateUrl(url: URL): URL {
  const durable = new URL(url);
  durable.search = url.search.replace(/([?&]createflag=)(?=&|$)/, `$1${CREATE_DURABLY}`);
  return durable;
}

/** A URL for messages: the query may hold a token. */
export function shownUrl(url: URL): string {
  return `${url.origin}${url.pathname}`;
}
