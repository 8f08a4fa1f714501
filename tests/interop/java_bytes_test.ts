import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import {
  decodeLeaderInformation,
  encodeLeaderInformation,
} from "../../src/election/java_stream.ts";
import type { TestProcess } from "../support/process.ts";
import { startJava } from "./java_program.ts";

const ADDRESSES: Record<string, string> = {
  "empty": "",
  "one character": "x",
  "web address": "http://localhost:8081",
  "IPv6 web address": "http://[2001:db8::17]:8081",
  "IPv6 loopback": "https://[::1]:443",
  "Flink's dispatcher": "akka.tcp://flink@host:50010/user/rpc/dispatcher_1",
  "blanks and controls": " a\tb\nc\u007f ",
  "largest text of a short block (253 bytes)": "a".repeat(253),
  "smallest text of a long block (254 bytes)": "a".repeat(254),
  "255 bytes": "b".repeat(255),
  "256 bytes": "b".repeat(256),
  "exactly one full block (1022 bytes)": "c".repeat(1022),
  "one byte in the second block (1023 bytes)": "c".repeat(1023),
  "1500 bytes": "0123456789".repeat(150),
  "three blocks (3500 bytes)": "0123456789abcdef".repeat(218) + "0123456789ab",
  "the longest text there is (65535 bytes)": "z".repeat(65535),
  "two-byte characters": "http://höst.exämple:8081",
  "three-byte characters": "http://主節點:8081",
  "astral characters": "http://😀🚀:8081",
  "U+0000": "http://a\u0000b:8081",
  "a short block by characters, a long one by bytes": "ü".repeat(200),
  "a character across the border of two blocks": "d".repeat(1021) + "主節點",
  "a surrogate pair across the border of two blocks": "e".repeat(1019) + "😀",
};

const SESSION_IDS = [
  "00112233-4455-6677-8899-aabbccddeeff",
  "00000000-0000-0000-0000-000000000000",
  "ffffffff-ffff-ffff-ffff-ffffffffffff",
  "80000000-0000-4000-8000-000000000001",
];

async function ask(java: TestProcess, command: string): Promise<string> {
  const from = java.lines.length;
  const answered = java.waitForLine(() => true, { from, limitMs: 30_000 });
  await java.writeLine(command);
  const { text } = await answered;
  assert.ok(text.startsWith("ok "), text);
  return text.slice(3);
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function hexOfText(text: string): string {
  return hexOf(new TextEncoder().encode(text));
}

Deno.test("encodeLeaderInformation() writes the bytes that Java writes", async (test) => {
  await using java = startJava("LeaderInfo");
  for (const [name, address] of Object.entries(ADDRESSES)) {
    await test.step(name, async () => {
      for (const leaderSessionId of SESSION_IDS) {
        const ours = hexOf(encodeLeaderInformation({ address, leaderSessionId }));
        const javas = await ask(java, `encode ${hexOfText(address)} ${leaderSessionId}`);
        assert.ok(ours === javas, `ours:\n${ours}\nJava's:\n${javas}`);
        const decoded = await ask(java, `decode ${ours}`);
        assert.ok(decoded === `${hexOfText(address)} ${leaderSessionId}`, decoded);
      }
    });
  }
});

Deno.test("decodeLeaderInformation() reads the bytes that Java writes", async (test) => {
  await using java = startJava("LeaderInfo");
  for (const [name, address] of Object.entries(ADDRESSES)) {
    await test.step(name, async () => {
      for (const leaderSessionId of SESSION_IDS) {
        const bytes = await ask(java, `encode ${hexOfText(address)} ${leaderSessionId}`);
        assert.deepEqual(decodeLeaderInformation(new Uint8Array(Buffer.from(bytes, "hex"))), {
          address,
          leaderSessionId,
        });
      }
    });
  }
});
