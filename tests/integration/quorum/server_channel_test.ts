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
  const user: ChannelUser = {
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
  return { taken, serving: channel.serve(user) };
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
