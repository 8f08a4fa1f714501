import { attach, type Attachment } from "./attach.ts";
import { orAborted, withinLimit } from "./deadline.ts";
import { NEW_SESSION } from "./session_options.ts";
import { operations } from "./wire/operations.ts";

/** The server makes the shortest session of it that it grants. */
const SHORTEST_TIMEOUT_MS = 1;

/**
 * Opens a session of no use, and throws it away: resolves once its opening was answered, which takes
 * the server and its quorum, and both directions. Where only the answer is lost it expires soon.
 * @throws {UnansweredError}
 */
export async function probe(attachment: Attachment): Promise<void> {
  const { id: sessionId, password } = NEW_SESSION;
  const timeoutMs = SHORTEST_TIMEOUT_MS;
  const request = { ...attachment.request, timeoutMs, sessionId, password };
  const { connection, response } = await attach({ ...attachment, request });
  connection.start(response.timeoutMs);
  const { limitMs: ms, signal } = attachment;
  const reason = new Error(`The end of a session was not answered within ${ms} ms`);
  const operation = operations.closeSession;
  try {
    await withinLimit({ ms, reason, signal }, (limit) => {
      return orAborted(connection.call({ operation, body: undefined }), limit);
    });
  } catch {
    // It was answered once, and that was the question; this session will expire.
  } finally {
    connection.end(new Error("A session of no use is over"));
  }
}
