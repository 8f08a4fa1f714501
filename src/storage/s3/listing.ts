import { StorageError } from "../errors.ts";
import { withRetries } from "../retry.ts";
import { parseXml, type XmlElement, XmlError } from "../xml.ts";
import type { S3Client } from "./s3_client.ts";

// A thousand keys of 1024 characters, each percent-encoded, and what is said of them.
const MAX_PAGE_BYTES = 4 * 1024 * 1024;

/** What to list. */
export interface Listing {
  /** For messages, beginning with a verb. */
  act: string;
  /** What the keys begin with; those with a slash behind it are left out. */
  prefix: string;
  signal: AbortSignal;
}

/** An object, by what its key has behind the prefix. */
export interface ListedObject {
  name: string;
  length: number;
}

/** An upload that was begun and neither completed nor given up. */
export interface ListedUpload {
  name: string;
  uploadId: string;
}

/** The objects whose keys begin with the prefix, page by page; one page is kept. */
export async function* listObjects(
  client: S3Client,
  { act, prefix, signal }: Listing,
): AsyncGenerator<ListedObject, void, void> {
  const kind = { "list-type": "2" };
  for await (const page of pages(client, { kind, next: nextObjects, act, prefix, signal })) {
    for (const content of page.all("Contents")) {
      yield {
        name: nameIn(page, content, { act, prefix }),
        length: lengthIn(content, act),
      };
    }
  }
}

/** The uploads of objects whose keys begin with the prefix. */
export async function* listUploads(
  client: S3Client,
  { act, prefix, signal }: Listing,
): AsyncGenerator<ListedUpload, void, void> {
  const kind = { uploads: "" };
  for await (const page of pages(client, { kind, next: nextUploads, act, prefix, signal })) {
    for (const upload of page.all("Upload")) {
      const uploadId = upload.textOf("UploadId");
      if (!uploadId) throw misunderstood(act);
      yield { name: nameIn(page, upload, { act, prefix }), uploadId };
    }
  }
}

type Query = Readonly<Record<string, string>>;

interface Paging extends Listing {
  /** Which list is asked for. */
  kind: Query;
  /** What to add for the page behind this one. */
  next: (page: XmlElement) => Query;
}

async function* pages(
  client: S3Client,
  { kind, next, act, prefix, signal }: Paging,
): AsyncGenerator<XmlElement, void, void> {
  let place: Query | undefined = {};
  while (place !== undefined) {
    const query: Query = { ...kind, prefix, delimiter: "/", "encoding-type": "url", ...place };
    const page = await readPage(client, { act, query, signal });
    yield page;
    const following: Query | undefined = page.textOf("IsTruncated") === "true"
      ? next(page)
      : undefined;
    // A server that gives the same place again would be asked for ever.
    if (following !== undefined && isSame(following, place)) throw misunderstood(act);
    place = following;
  }
}

function isSame(one: Query, other: Query): boolean {
  return Object.keys(one).every((key) => one[key] === (other[key] ?? ""));
}

function readPage(
  client: S3Client,
  { act, query, signal }: { act: string; query: Query; signal: AbortSignal },
): Promise<XmlElement> {
  return withRetries(async () => {
    const answer = await client.sendOnce({ act, method: "GET", query }, { signal });
    try {
      return parseXml(await answer.text(MAX_PAGE_BYTES));
    } catch (cause) {
      if (!(cause instanceof XmlError)) throw cause;
      throw misunderstood(act, cause);
    }
  }, client.retries({ signal }));
}

function nextObjects(page: XmlElement): Query {
  return { "continuation-token": page.textOf("NextContinuationToken") ?? "" };
}

function nextUploads(page: XmlElement): Query {
  return {
    "key-marker": textOf(page, page, "NextKeyMarker") ?? "",
    "upload-id-marker": page.textOf("NextUploadIdMarker") ?? "",
  };
}

function nameIn(
  page: XmlElement,
  element: XmlElement,
  { act, prefix }: { act: string; prefix: string },
): string {
  const key = textOf(page, element, "Key");
  if (!key?.startsWith(prefix)) throw misunderstood(act);
  return key.slice(prefix.length);
}

/** A text that is encoded, if the server says so: some do not know the option. */
function textOf(page: XmlElement, element: XmlElement, name: string): string | undefined {
  const text = element.textOf(name);
  if (page.textOf("EncodingType") !== "url") return text;
  try {
    return text && decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

function lengthIn(content: XmlElement, act: string): number {
  const size = content.textOf("Size") ?? "";
  if (!/^\d{1,15}$/.test(size)) throw misunderstood(act);
  return Number(size);
}

function misunderstood(act: string, cause?: unknown): StorageError {
  return new StorageError("failed", `Cannot ${act}: the answer was not understood`, { cause });
}
