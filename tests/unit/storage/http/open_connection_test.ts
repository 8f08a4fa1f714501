import assert from "node:assert/strict";
import { openConnection } from "../../../../src/storage/http/open_connection.ts";
import { ProgressWatch } from "../../../../src/storage/http/progress_watch.ts";
import { SilentServer } from "../../../support/silent_server.ts";

// As many steps as lie between the opening of a socket and whoever asked for it, and some more.
const MOST_STEPS = 12;
const connect = Deno.connect;

/** Ends the caller's wish so many steps of promises after a socket has opened. */
function abortAfterOpening(steps: number, abort: () => void): Disposable {
  const open = async (options: Deno.ConnectOptions) => {
    const opened = await connect(options) as Deno.TcpConn;
    (async () => {
      for (let left = steps; left > 0; left--) await undefined;
      abort();
    })();
    return opened;
  };
  Deno.connect = open as typeof Deno.connect;
  return {
    [Symbol.dispose]() {
      Deno.connect = connect;
    },
  };
}

for (let steps = 0; steps <= MOST_STEPS; steps++) {
  Deno.test({
    name:
      `openConnection() keeps no socket if its signal aborts ${steps} steps after it has opened`,
    sanitizeResources: true,
    async fn() {
      await using server = SilentServer.start();
      const stop = new AbortController();
      using watch = new ProgressWatch({ timeoutMs: 5000, signal: stop.signal });
      using _ = abortAfterOpening(steps, () => stop.abort(new Error("enough")));
      const opening = openConnection(new URL(`http://${server.address}/`), watch);
      // Who is given a connection closes it; who is not has none to close.
      await opening.then((connection) => connection.close(), (error) => {
        assert.equal(error.message, "enough");
      });
    },
  });
}
