import assert from "node:assert/strict";
import { ConfigError } from "../../../src/config/config_error.ts";
import { resolveEmbeddedZooCfg } from "../../../src/config/embedded_zoo_cfg.ts";
import { parseZooCfg } from "../../../src/config/zoo_cfg.ts";

const DIGEST = `super:${btoa("x".repeat(20))}`;

function resolve(lines: readonly string[], peerId?: number) {
  const text = [...lines, ""].join("\n");
  return resolveEmbeddedZooCfg(parseZooCfg(text, "conf/zoo.cfg", { baseDir: "/home" }), peerId);
}

function refusal(lines: readonly string[]): string {
  try {
    resolve(lines);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  assert.fail("nothing was refused");
}

Deno.test("resolveEmbeddedZooCfg() has the bounds of ZooKeeper for session timeouts", () => {
  const { minSessionTimeoutMs, maxSessionTimeoutMs, listen, warnings } = resolve(["tickTime=500"]);
  assert.deepEqual([minSessionTimeoutMs, maxSessionTimeoutMs], [1000, 10_000]);
  assert.deepEqual(listen, { port: 2181 });
  assert.deepEqual(warnings, []);
  const given = resolve(["minSessionTimeout=300", "maxSessionTimeout=-1"]);
  assert.deepEqual([given.minSessionTimeoutMs, given.maxSessionTimeoutMs], [300, 40_000]);
});

Deno.test("resolveEmbeddedZooCfg() listens where the server's own line says", () => {
  const lines = ["clientPortAddress=localhost", "server.3=node3:2888:3888;2190"];
  assert.deepEqual(resolve(lines, 3).listen, { host: "localhost", port: 2190 });
  assert.deepEqual(resolve(lines).listen, { host: "localhost", port: 2190 });
});

Deno.test("resolveEmbeddedZooCfg() reads limits and rights", () => {
  const lines = [
    ...["maxClientCnxns=0", "jute.maxbuffer=4096", "globalOutstandingLimit=7", "snapCount=10"],
    ...["extendedTypesEnabled=true", "4lw.commands.whitelist=ruok, mntr"],
    `DigestAuthenticationProvider.superDigest=${DIGEST}`,
  ];
  const read = resolve(lines);
  assert.deepEqual(
    [read.maxConnectionsPerAddress, read.maxFrameBytes, read.maxOutstanding],
    [0, 4096, 7],
  );
  assert.deepEqual([read.areTtlNodesAllowed, read.snapshotTransactions], [true, 10]);
  assert.deepEqual([read.allowedWords, read.superDigest], [["ruok", "mntr"], DIGEST]);
  assert.deepEqual(read.warnings, []);
});

Deno.test("resolveEmbeddedZooCfg() refuses several servers, and says what to run", () => {
  const message = refusal(["server.1=a:2888:3888", "server.2=b:2888:3888"]);
  assert.match(message, /^conf\/zoo\.cfg:2: names 2 servers, but the embedded server .* alone/);
  assert.match(message, /apt-get install zookeeper.* masterd\.zookeeper\.server: apache/);
});

Deno.test("resolveEmbeddedZooCfg() names keys without effect, and the nearest of an unknown one", () => {
  const { warnings, keysWithoutEffect } = resolve([
    "initLimit=10",
    "maxClientCnxn=5",
    "syncLimit=5",
    "zzz=1",
  ]);
  assert.deepEqual(warnings.map(({ line, key, message }) => [line, key, message]), [
    [2, "maxClientCnxn", "is unknown; did you mean maxClientCnxns; it is ignored"],
    [4, "zzz", "is unknown; it is ignored"],
  ]);
  assert.deepEqual(keysWithoutEffect, ["initLimit", "syncLimit"]);
});

for (const line of ["secureClientPort=2281", "ssl.keyStore.location=/k", "authProvider.1=SASL"]) {
  Deno.test(`resolveEmbeddedZooCfg() refuses ${line}, a protection that it does not have`, () => {
    assert.match(refusal([line]), /^conf\/zoo\.cfg:1: .* neither TLS nor SASL: take the line out/);
  });
}

Deno.test("resolveEmbeddedZooCfg() names each value that is wrong", () => {
  const message = refusal(["maxClientCnxns=many", "minSessionTimeout=0", "snapCount=1"]);
  assert.deepEqual(
    message.split("\n").map((line) => line.split(": ").slice(0, 2).join(" ")),
    [1, 2, 3].map((line, at) =>
      `conf/zoo.cfg:${line} ${["maxClientCnxns", "minSessionTimeout", "snapCount"][at]}`
    ),
  );
  assert.match(refusal(["minSessionTimeout=9000", "maxSessionTimeout=8000"]), /9000 is longer/);
});

for (
  const line of [
    "quorum.auth.enableSasl=false",
    "portUnification=false",
    "sslQuorum=False",
    "sessionRequireClientSASLAuth = false",
  ]
) {
  Deno.test(`resolveEmbeddedZooCfg() takes ${line}, which promises nothing`, () => {
    assert.equal(resolve([line]).keysWithoutEffect.length, 1);
    assert.match(refusal([line.replace(/false$/i, "true")]), /neither TLS nor SASL/);
  });
}

for (
  const { lines, told } of [
    { lines: ["4lw.commands.whitelist=ruok mntr"], told: [/"ruok mntr" is no four letter word/] },
    { lines: ["4lw.commands.whitelist=RUOK, foo, stat"], told: [/"RUOK" is no/, /"foo" is no/] },
    { lines: ["4lw.commands.whitelist=*, dirs"], told: [] },
    { lines: ["clientPort=1", "tickTime=9", "clientPort=2"], told: [/stands in line 1, too; the/] },
    ...["super:plain", "plain", "", "super:", `:${btoa("x".repeat(20))}`].map((digest) => ({
      lines: [`DigestAuthenticationProvider.superDigest=${digest}`],
      told: [/is not user:digest/],
    })),
  ]
) {
  Deno.test(`resolveEmbeddedZooCfg() warns of what is hardly meant: ${lines}`, () => {
    const { warnings } = resolve(lines);
    assert.equal(warnings.length, told.length);
    for (const [at, text] of told.entries()) assert.match(warnings[at]!.message, text);
    assert.doesNotMatch(JSON.stringify(warnings), /plain/);
  });
}
