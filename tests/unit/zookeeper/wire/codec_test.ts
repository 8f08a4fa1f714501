import assert from "node:assert/strict";
import {
  boolean,
  buffer,
  int,
  nothing,
  record,
  string,
  vector,
} from "../../../../src/zookeeper/wire/codec.ts";
import { ProtocolError } from "../../../../src/zookeeper/wire/jute_reader.ts";
import { bytesOf, encode, hex, read } from "./bytes.ts";

Deno.test("vector() writes a count and the items", () => {
  assert.equal(hex(encode(vector(int), [5, 6])), "000000020000000500000006");
  assert.equal(hex(encode(vector(string), [])), "00000000");
});

Deno.test("vector() reads a null vector as an empty one", () => {
  assert.deepEqual(read(vector(int), bytesOf("ffffffff")), { value: [], remaining: 0 });
});

Deno.test("vector() refuses a forged count before it makes room for it", () => {
  assert.throws(() => read(vector(int), bytesOf("7fffffff 00000001")), ProtocolError);
  assert.throws(() => read(vector(boolean), bytesOf("00000003 0101")), ProtocolError);
});

Deno.test("vector() refuses a count that its bytes cannot hold", () => {
  assert.throws(() => read(vector(int), bytesOf("00000002 00000001 0000")), ProtocolError);
});

Deno.test("record() writes fields in the order in which they are named", () => {
  const pair = record({ second: int, first: boolean });
  assert.equal(hex(encode(pair, { first: true, second: 9 })), "0000000901");
  assert.deepEqual(read(pair, bytesOf("0000000901")).value, { second: 9, first: true });
});

Deno.test("string refuses null, which nullableString takes", () => {
  assert.throws(() => read(string, bytesOf("ffffffff")), ProtocolError);
});

Deno.test("buffer tells null from empty", () => {
  assert.equal(read(buffer, bytesOf("ffffffff")).value, null);
  assert.deepEqual(read(buffer, bytesOf("00000000")).value, new Uint8Array());
});

Deno.test("nothing leaves every byte alone", () => {
  assert.equal(encode(nothing, undefined).length, 0);
  assert.equal(read(nothing, bytesOf("01")).remaining, 1);
});
