import assert from "node:assert/strict";
import { formatPeer, peerOf } from "../../../../src/quorum/server/peer.ts";

for (
  const [hostname, host, text] of [
    ["127.0.0.1", "127.0.0.1", "/127.0.0.1:5"],
    ["::ffff:10.0.0.7", "10.0.0.7", "/10.0.0.7:5"],
    ["::1", "::1", "/[::1]:5"],
  ] as const
) {
  Deno.test(`peerOf() takes ${hostname} for ${host}`, () => {
    const peer = peerOf({ transport: "tcp", hostname, port: 5 });
    assert.deepEqual(peer, { host, port: 5 });
    assert.equal(formatPeer(peer), text);
  });
}
