import assert from "node:assert/strict";
import { JuteWriter } from "../../../../src/zookeeper/wire/jute_writer.ts";
import { hex } from "./bytes.ts";

function written(write: (writer: JuteWriter) => void): string {
  const writer = new JuteWriter(1);
  write(writer);
  return hex(writer.finishPayload());
}

Deno.test("writeInt() writes four bytes, big endian", () => {
  assert.equal(written((writer) => writer.writeInt(0x01020304)), "01020304");
  assert.equal(written((writer) => writer.writeInt(-101)), "ffffff9b");
});

Deno.test("writeLong() writes eight bytes, big endian", () => {
  assert.equal(written((writer) => writer.writeLong(0x0102030405060708n)), "0102030405060708");
  assert.equal(written((writer) => writer.writeLong(-(2n ** 63n))), "8000000000000000");
});

Deno.test("writeBoolean() writes one byte", () => {
  assert.equal(written((writer) => writer.writeBoolean(true)), "01");
  assert.equal(written((writer) => writer.writeBoolean(false)), "00");
});

Deno.test("writeBuffer() tells null from empty", () => {
  assert.equal(written((writer) => writer.writeBuffer(null)), "ffffffff");
  assert.equal(written((writer) => writer.writeBuffer(new Uint8Array())), "00000000");
  assert.equal(written((writer) => writer.writeBuffer(new Uint8Array([7, 8]))), "000000020708");
});

Deno.test("writeString() counts bytes of UTF-8, not characters", () => {
  assert.equal(written((writer) => writer.writeString("aé€😀")), "0000000a61c3a9e282acf09f9880");
  assert.equal(written((writer) => writer.writeString("")), "00000000");
  assert.equal(written((writer) => writer.writeString(null)), "ffffffff");
});

Deno.test("writeString() keeps what was written before when the buffer grows", () => {
  const text = "€".repeat(1000);
  const bytes = written((writer) => {
    writer.writeInt(5);
    writer.writeString(text);
    writer.writeInt(6);
  });
  const body = hex(new TextEncoder().encode(text));
  assert.equal(bytes, `00000005${(3000).toString(16).padStart(8, "0")}${body}00000006`);
});

Deno.test("finishFrame() puts the length in front", () => {
  const writer = new JuteWriter();
  writer.writeInt(1);
  writer.writeBoolean(true);
  assert.equal(writer.payloadLength, 5);
  assert.equal(hex(writer.finishFrame()), "000000050000000101");
});

Deno.test("finishFrame() of nothing is a length of zero", () => {
  assert.equal(hex(new JuteWriter().finishFrame()), "00000000");
});
