import assert from "node:assert/strict";
import { freePort } from "../../../support/ports.ts";
import { SilentServer } from "../../../support/silent_server.ts";
import { FakeServer } from "../../zookeeper/fake_server.ts";
import { EXAMPLE, Installation } from "../installation.ts";

async function clusters(...words: string[]) {
  await using installation = await Installation.create(EXAMPLE);
  return await installation.run(["clusters", ...words]);
}

function at(address: string): string {
  return `-Dhigh-availability.zookeeper.quorum=${address}`;
}

for (const timeout of ["0", "-1", "x", "86401", ""]) {
  Deno.test(`clusters refuses --timeout=${timeout}, exit code 64`, async () => {
    const { code, out, errors } = await clusters(`--timeout=${timeout}`);
    assert.deepEqual({ code, out, lines: errors.length }, { code: 64, out: [], lines: 1 });
    assert.match(errors[0]!, /^masterd: --timeout /);
  });
}

Deno.test("clusters refuses options and words that it does not know, exit code 64", async () => {
  assert.equal((await clusters("--jsno")).code, 64);
  assert.equal((await clusters("/flink")).code, 64);
});

Deno.test("clusters needs ZooKeeper in the configuration, exit code 78", async () => {
  const { code, out, errors } = await clusters("-Dhigh-availability=none");
  assert.deepEqual({ code, out }, { code: 78, out: [] });
  assert.deepEqual(errors, [
    "-D: high-availability: must be zookeeper: without it no cluster is in ZooKeeper",
  ]);
});

Deno.test("clusters says why ZooKeeper cannot be reached, exit code 69", async () => {
  const address = `127.0.0.1:${freePort()}`;
  const { code, out, errors } = await clusters(at(address), "--timeout=0.2");
  assert.deepEqual({ code, out, lines: errors.length }, { code: 69, out: [], lines: 1 });
  assert.match(errors[0]!, /^masterd: Cannot reach ZooKeeper at 127\.0\.0\.1:\d+: .*refused/);
});

Deno.test("clusters does not wait longer for a silent server than it is told, exit code 69", async () => {
  await using server = SilentServer.start();
  const { code, errors } = await clusters(at(server.address), "--timeout=0.2");
  assert.equal(code, 69);
  assert.match(errors[0]!, /^masterd: Cannot reach ZooKeeper at /);
});

Deno.test("clusters ends when the time is up, exit code 75", async () => {
  await using server = FakeServer.start();
  const ended = clusters(at(server.address), "--timeout=0.5");
  await server.establish();
  const { code, out, errors } = await ended;
  assert.deepEqual({ code, out }, { code: 75, out: [] });
  assert.deepEqual(errors, ["masterd: Not done within 0.5 s"]);
});
