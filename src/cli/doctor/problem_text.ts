import { errorMessage } from "../error_message.ts";
import { failureText } from "../status/failure_text.ts";

/** Why something could not be looked at, in one line; what explains itself stays as it is. */
export function problemText(error: unknown): string {
  const isLate = error instanceof DOMException && error.name === "TimeoutError";
  return failureText(isLate ? error : errorMessage(error));
}
