/** Asks each URL of the command line, and prints the answer, or the kind and message of the failure. */
import { StorageError } from "../../../src/storage/errors.ts";
import { exchange } from "../../../src/storage/http_exchange.ts";

const { signal } = new AbortController();

for (const url of Deno.args) {
  try {
    const body = new TextEncoder().encode("x".repeat(1_000_000));
    const request = { method: "PUT", url: new URL(url), body, timeoutMs: 10_000, signal };
    const answer = await exchange(request);
    console.log(answer.status, await answer.text());
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    console.log(error.kind, error.message);
  }
}
