import assert from "node:assert/strict";
import { Channel, type ChannelUser } from "../../../src/quorum/server/channel.ts";
import { Gate } from "../../../src/quorum/server/gate.ts";
import { until } from "../../support/until.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** A channel, and the client at its other end. */
async function opened(options: { maxOutstanding?: number } = {}) {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const [client, socket] = await Promise.all([
    Deno.connect({ hostname: "127.0.0.1", port }),
    listener.accept(),
  ]);
  const { maxOutstanding = 10 } = options;
  const gate = new Gate({ durableZxid: 0n, maxOutstanding, isLogBehind: () => false });
  const peer = { host: "127.0.0.1", port: 1 };
  const channel = new Channel({ socket, peer, maxFrameBytes: 1000, gate });
  return { client, channel, gate };
}

/** Answers each frame with itself, once transaction `gate(count)` is durable. */
function echo(channel: Channel, gate: (count: number) => bigint) {
  const taken: string[] = [];
  const heard: string[] = [];
  const user: ChannelUser = {
    heard: () => {
      heard.push(`behind ${taken.length}`);
    },
    takeNext(frames) {
      const frame = frames.next();
      if (frame === undefined) return false;
      taken.push(new TextDecoder().decode(frame));
      channel.push(frame, gate(taken.length), 0);
      return true;
    },
    misunderstood: (error) => channel.close(error.message),
    sent: () => {},
  };
  return { taken, heard, serving: channel.serve(user) };
}

function frames(...texts: string[]): Uint8Array {
  return new Uint8Array(texts.flatMap((text) => [0, 0, 0, text.length, ...bytes(text)]));
}

async function readText(client: Deno.TcpConn, length: number): Promise<string> {
  let text = "";
  const chunk = new Uint8Array(1000);
  while (text.length < length) {
    const count = await client.read(chunk);
    if (count === null) break;
    text += new TextDecoder().decode(chunk.subarray(0, count));
  }
  return text;
}

Deno.test("a channel sends nothing before its transaction is durable, and what is behind it waits", async () => {
  const { client, channel, gate } = await opened();
  using _ = client;
  const { taken, serving } = echo(channel, (count) => [1n, 0n, 3n][count - 1]!);
  await client.write(frames("write", "ping", "read"));
  await until(() => taken.length, (count) => count === 3);
  assert.equal(gate.outstanding, 3);
  const nothing = client.read(new Uint8Array(10));
  const isFirst = await Promise.race([nothing.then(() => "sent"), Promise.resolve("waits")]);
  assert.equal(isFirst, "waits");
  gate.advance(2n);
  assert.equal(await nothing, 9);
  assert.equal(gate.outstanding, 1);
  gate.advance(3n);
  assert.equal(await readText(client, 4), "read");
  channel.close("the test is over");
  await serving;
});

Deno.test("a channel that waits for the disk takes no more than may be outstanding in all", async () => {
  const { client, channel, gate } = await opened({ maxOutstanding: 3 });
  using _ = client;
  const { taken, serving } = echo(channel, (count) => BigInt(count));
  await client.write(frames("1", "2", "3", "4", "5", "6"));
  await until(() => taken.length, (count) => count === 4);
  gate.advance(1n);
  await until(() => taken.length, (count) => count === 5);
  gate.advance(6n);
  assert.equal(await readText(client, 6), "123456");
  channel.close("the test is over");
  await serving;
  assert.equal(gate.outstanding, 0);
});

Deno.test("a channel that ends sends what it has, and then hangs up", async () => {
  const { client, channel, gate } = await opened();
  using _ = client;
  const { taken, serving } = echo(channel, (count) => BigInt(count));
  await client.write(frames("last"));
  await until(() => taken.length, (count) => count === 1);
  channel.end();
  await client.write(frames("unheard"));
  gate.advance(1n);
  assert.equal(await readText(client, 100), "last");
  client.close();
  await serving;
  assert.deepEqual(taken, ["last"]);
});

Deno.test("a channel that is closed tells nothing of what was not durable", async () => {
  const { client, channel, gate } = await opened();
  using _ = client;
  const { taken, serving } = echo(channel, () => 1n);
  await client.write(frames("write"));
  await until(() => taken.length, (count) => count === 1);
  channel.close("the log has failed");
  gate.advance(1n);
  assert.equal(await client.read(new Uint8Array(10)).catch(() => null), null);
  await serving;
  assert.equal(gate.outstanding, 0);
});

Deno.test("a channel hears a client of which it takes nothing, because the disk has to catch up", async () => {
  const { client, channel, gate } = await opened({ maxOutstanding: 0 });
  using _ = client;
  const { taken, heard, serving } = echo(channel, (count) => BigInt(count));
  await client.write(frames("write", "ping"));
  await until(() => taken.length, (count) => count === 1);
  for (let count = 2; count < 5; count++) {
    await client.write(frames("ping"));
    await until(() => heard.length, (length) => length === count);
  }
  assert.deepEqual(taken, ["write"]);
  assert.equal(heard.at(-1), "behind 1");
  for (let zxid = 1n; zxid <= 5n; zxid++) gate.advance(zxid);
  await until(() => taken.length, (count) => count === 5);
  gate.advance(5n);
  assert.equal(await readText(client, 21), "writepingpingpingping");
  client.close();
  await serving;
});

Deno.test("a channel of which nothing is taken reads no more than some", async () => {
  const { client, channel, gate } = await opened({ maxOutstanding: 0 });
  const { heard, taken, serving } = echo(channel, (count) => BigInt(count));
  await client.write(frames("write"));
  await until(() => taken.length, (count) => count === 1);
  let sent = 0;
  const ping = frames("ping".repeat(50));
  const sending = (async () => {
    for (;;) sent += await client.write(ping);
  })();
  // What the sockets hold is some megabytes; then the client's writes wait.
  let before = -1;
  await until(
    () => {
      const isStill = sent === before && heard.length > 1;
      before = sent;
      return isStill;
    },
    (isStill) => isStill,
    { intervalMs: 200 },
  );
  assert.deepEqual(taken, ["write"]);
  assert.ok(heard.length < 1000, `${heard.length} reads`);
  channel.close("the test is over");
  client.close();
  await assert.rejects(sending);
  await serving;
  assert.equal(gate.outstanding, 0);
});

Deno.test("a channel that is closed waits for no client that does not read", async () => {
  const { client, channel, gate } = await opened();
  const { serving } = echo(channel, () => 0n);
  channel.push(new Uint8Array(64 * 1024 * 1024), 0n, 0);
  gate.flush();
  let isReleased = false;
  channel.close("the test is over");
  const released = channel.released.then(() => {
    isReleased = true;
  });
  await serving;
  assert.ok(!isReleased, "if this fails, Deno ends a write with its socket: released can go");
  client.close();
  await released;
});

Deno.test("a channel lets others have their turn amid the requests of one client", async () => {
  const [hog, other] = await Promise.all([opened(), opened()]);
  using _ = hog.client;
  using __ = other.client;
  const order: string[] = [];
  const slowUser = (name: string): ChannelUser => ({
    heard: () => {},
    takeNext(frames) {
      if (frames.next() === undefined) return false;
      order.push(name);
      for (const endMs = performance.now() + 2; performance.now() < endMs;);
      return true;
    },
    misunderstood: () => {},
    sent: () => {},
  });
  const serving = [hog.channel.serve(slowUser("hog")), other.channel.serve(slowUser("other"))];
  await Promise.all([
    hog.client.write(frames(...Array<string>(100).fill("x"))),
    other.client.write(frames("x")),
  ]);
  await until(() => order.length, (length) => length === 101);
  assert.ok(order.indexOf("other") < 50, `turn ${order.indexOf("other")}`);
  for (const { channel } of [hog, other]) channel.close("the test is over");
  await Promise.all(serving);
});

Deno.test("a client's time to fetch the last answer begins when there is one to be fetched", async () => {
  const { client, channel, gate } = await opened();
  const { taken, serving } = echo(channel, () => 1n);
  await client.write(frames("last"));
  await until(() => taken.length, (count) => count === 1);
  channel.end();
  const since = () => channel.state.kind === "ending" ? channel.state.sinceMs : NaN;
  const endedMs = since();
  await until(() => performance.now(), (nowMs) => nowMs > endedMs + 5);
  assert.equal(since(), endedMs);
  gate.advance(1n);
  assert.ok(since() > endedMs + 5);
  assert.equal(await readText(client, 4), "last");
  client.close();
  await serving;
});
