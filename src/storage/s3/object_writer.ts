import { StorageError } from "../errors.ts";
import type { HttpAnswer } from "../http_exchange.ts";
import { withRetries } from "../retry.ts";
import type { Bytes } from "../storage.ts";
import { parseXml, type XmlElement, XmlError } from "../xml.ts";
import { NewObject, type NewObjectOptions } from "./new_object.ts";
import { type Part, PART_BYTES, Parts, payloadOfText } from "./parts.ts";
import type { S3Client } from "./s3_client.ts";
import { lateError } from "./s3_error.ts";

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
const MAX_PARTS = 10_000;

/** Which object to write, and what becomes of what a failure may have left. */
export interface ObjectWrite extends NewObjectOptions {
  onLeftover: (remove: (options: { signal: AbortSignal }) => Promise<unknown>) => void;
}

/**
 * Writes a new object: up to 8 MiB by one request, more in parts of that length, which nobody sees before
 * the last request. That much of the content is kept, so that each request can be repeated.
 * @throws {StorageError} `exists` if there is an object of that key
 */
export async function writeObject(
  client: S3Client,
  content: Bytes,
  write: ObjectWrite,
): Promise<void> {
  using parts = new Parts(content, write);
  const object = new NewObject(client, write);
  const first = await parts.next();
  try {
    if (!first.isLast) return await writeParts(client, object, { first, parts, write });
    const { act, key, markHeaders: headers } = object;
    const request = { act, method: "PUT", key, headers, payload: first.payload };
    await object.make(request, (answer) => answer.discard());
  } catch (error) {
    if (object.mayExist) write.onLeftover((options) => object.remove(options));
    throw error;
  }
}

async function writeParts(
  client: S3Client,
  object: NewObject,
  { first, parts, write }: { first: Part; parts: Parts; write: ObjectWrite },
): Promise<void> {
  const { act, key } = object;
  const uploadId = await beginUpload(client, object, write);
  const query = { uploadId };
  try {
    const tags: string[] = [];
    for (let part = first;; part = await parts.next()) {
      tags.push(
        await sendPart(client, object, { part, number: tags.length + 1, uploadId, ...write }),
      );
      if (part.isLast) break;
      if (tags.length === MAX_PARTS) throw tooLong(act);
    }
    const payload = payloadOfText(completion(tags));
    const headers = { "content-type": "application/xml" };
    const request = { act, method: "POST", key, query, headers, payload };
    await object.make(request, (answer) => checkCompletion(act, answer));
  } catch (error) {
    write.onLeftover((options) => client.send({ act, method: "DELETE", key, query }, options));
    throw error;
  }
}

function beginUpload(
  client: S3Client,
  { act, key, markHeaders: headers }: NewObject,
  options: { signal: AbortSignal },
): Promise<string> {
  const request = { act, method: "POST", key, query: { uploads: "" }, headers };
  return withRetries(async () => {
    const answer = await client.sendOnce(request, options);
    const uploadId = rootOf(act, await answer.text()).textOf("UploadId");
    if (!uploadId) throw new StorageError("failed", `Cannot ${act}: the upload got no id`);
    return uploadId;
  }, client.retries(options));
}

async function sendPart(
  client: S3Client,
  { act, key }: NewObject,
  { part, number, uploadId, signal }: {
    part: Part;
    number: number;
    uploadId: string;
    signal: AbortSignal;
  },
): Promise<string> {
  const query = { partNumber: String(number), uploadId };
  const request = { act, method: "PUT", key, query, payload: part.payload };
  const tag = (await client.send(request, { signal })).get("etag");
  if (!tag) throw new StorageError("failed", `Cannot ${act}: part ${number} got no ETag`);
  return tag;
}

function completion(tags: readonly string[]): string {
  const parts = tags.map((tag, index) =>
    `<Part><PartNumber>${index + 1}</PartNumber><ETag>${escape(tag)}</ETag></Part>`
  );
  const namespace = "http://s3.amazonaws.com/doc/2006-03-01/";
  return `<CompleteMultipartUpload xmlns="${namespace}">${
    parts.join("")
  }</CompleteMultipartUpload>`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

/** Success may be promised before it is known: an error can follow a status of 200. */
async function checkCompletion(act: string, answer: HttpAnswer): Promise<void> {
  const root = rootOf(act, await answer.text());
  if (root.name === "Error") throw lateError(act, root);
}

function rootOf(act: string, text: string): XmlElement {
  try {
    return parseXml(text);
  } catch (cause) {
    if (!(cause instanceof XmlError)) throw cause;
    const message = `Cannot ${act}: the answer was not understood`;
    throw new StorageError("unavailable", message, { cause });
  }
}

function tooLong(act: string): StorageError {
  const bytes = MAX_PARTS * PART_BYTES;
  return new StorageError("failed", `Cannot ${act}: the content is longer than ${bytes} bytes`);
}
