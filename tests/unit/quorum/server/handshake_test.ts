import assert from "node:assert/strict";
import { NO_SESSION, readGreeting, welcomeFrame } from "../../../../src/quorum/server/handshake.ts";
import { ProtocolError } from "../../../../src/zookeeper/wire/jute_reader.ts";
import { JuteWriter } from "../../../../src/zookeeper/wire/jute_writer.ts";
import { connectRequest } from "../../../../src/zookeeper/wire/records.ts";

function request(password: Uint8Array | null = new Uint8Array(16)): Uint8Array {
  const writer = new JuteWriter();
  connectRequest.write(writer, {
    protocolVersion: 0,
    lastZxidSeen: 5n,
    timeoutMs: 4000,
    sessionId: 0n,
    password,
    isReadOnlyAllowed: true,
  });
  return writer.finishPayload().slice();
}

Deno.test("welcomeFrame() answers 45 bytes with 37, and 44 with 36", () => {
  const welcome = { timeoutMs: 4000, sessionId: 7n, password: new Uint8Array(16) };
  const now = readGreeting(request());
  assert.deepEqual([now.knowsReadOnly, now.isReadOnlyAllowed], [true, true]);
  assert.equal(welcomeFrame(welcome, now).length, 4 + 37);
  const old = readGreeting(request().subarray(0, 44));
  assert.deepEqual([old.knowsReadOnly, old.isReadOnlyAllowed], [false, false]);
  assert.equal(welcomeFrame(welcome, old).length, 4 + 36);
});

Deno.test("welcomeFrame() tells of a dead session by zeros and no more", () => {
  const [length, ...rest] = welcomeFrame(NO_SESSION, readGreeting(request())).subarray(3);
  assert.equal(length, 37);
  assert.deepEqual([...new Set(rest.filter((byte) => byte !== 0))], [16]);
});

Deno.test("readGreeting() takes a missing password, and refuses a request that is cut off", () => {
  assert.equal(readGreeting(request(null)).password, null);
  assert.throws(() => readGreeting(request().subarray(0, 20)), ProtocolError);
});
