import assert from "node:assert/strict";
import { isInIpRange, isIpRange } from "../../../../src/quorum/tree/ip_ranges.ts";

Deno.test("isIpRange() takes what ZooKeeper 3.8.0 was seen to take, and IPv6", () => {
  const v4 = ["127.0.0.1", "127.0.0.1/8", "127.0.0.001", "127.0.0.+1", "0.0.0.0/0", "1.2.3.4/32"];
  for (const text of [...v4, "::1", "fe80::/10", "1:2:3:4:5:6:7:8/128", "::ffff:10.0.0.1", "::"]) {
    assert.ok(isIpRange(text), text);
  }
});

Deno.test("isIpRange() refuses what ZooKeeper 3.8.0 was seen to refuse, and what is no IPv6", () => {
  const v4 = [
    "",
    "127.0.1",
    "127.0.0.256",
    "127.0.0.1/33",
    "127.0.0.1/-1",
    "127.0.0.1/",
    "a.b.c.d",
  ];
  const v6 = [
    "::/129",
    "1::2::3",
    "1:2:3",
    "1:2:3:4:5:6:7:8:9",
    ":::",
    "12345::",
    "g::",
    "1:2:3:4:5:6:7:8::",
  ];
  for (const text of [...v4, ...v6, "10.0.0.1/8/8"]) assert.equal(isIpRange(text), false, text);
});

Deno.test("isInIpRange() compares the first bits", () => {
  assert.ok(isInIpRange("10.1.2.3", "10.1.2.3"));
  assert.equal(isInIpRange("10.1.2.4", "10.1.2.3"), false);
  assert.ok(isInIpRange("10.200.0.1", "10.128.0.0/9"));
  assert.equal(isInIpRange("10.100.0.1", "10.128.0.0/9"), false);
  assert.ok(isInIpRange("1.2.3.4", "200.0.0.1/0"));
  assert.ok(isInIpRange("fe80::1%eth0", "fe80::/10"));
  assert.equal(isInIpRange("fec0::1", "fe80::/10"), false);
});

Deno.test("isInIpRange() knows an IPv4 address that comes through an IPv6 socket", () => {
  assert.ok(isInIpRange("::ffff:10.0.0.1", "10.0.0.0/8"));
  assert.equal(isInIpRange("::1", "0.0.0.0/0"), false);
  assert.equal(isInIpRange("pipe", "0.0.0.0/0"), false);
});
