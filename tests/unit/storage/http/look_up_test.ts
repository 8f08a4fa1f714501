import assert from "node:assert/strict";
import { ask } from "../exchanges.ts";

// In a file of its own: nobody can end the system's look-up, and the tests behind would be blamed for it.
Deno.test({
  name: "exchange() ends with the reason of its signal while a name is looked up",
  sanitizeOps: false,
  async fn() {
    const stop = new AbortController();
    const asked = ask(new URL("http://localhost:1/"), { signal: stop.signal });
    stop.abort(new Error("enough"));
    await assert.rejects(asked, { message: "enough" });
  },
});
