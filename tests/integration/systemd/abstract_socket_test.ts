import assert from "node:assert/strict";
import { ServiceManager } from "../../../src/daemon/service_manager.ts";
import { TestProcess } from "../../support/process.ts";
import { recordedLog } from "../../unit/daemon/fakes.ts";

// Deno cannot listen at an abstract socket; this writes each datagram as it comes.
const PRINT_DATAGRAMS =
  `exec perl -e 'while (sysread(STDIN, $text, 4096)) { syswrite(STDOUT, "$text\\n") }' <&3`;

Deno.test("ServiceManager tells an abstract socket through systemd's own program", async () => {
  const address = `@masterd-test-${crypto.randomUUID()}`;
  await using receiver = TestProcess.start("systemd-socket-activate", {
    args: ["--datagram", `--listen=${address}`, "sh", "-c", PRINT_DATAGRAMS],
  });
  await receiver.waitForLine((text) => /^Listening on/.test(text));
  const { logger, lines } = recordedLog();
  await using manager = new ServiceManager({ NOTIFY_SOCKET: address }, logger);
  manager.status("standby; no leader");
  await manager.ready();
  manager.stopping({ withinMs: 500 });
  await receiver.waitForLine((text) => text === "STATUS=stopping");
  const told = receiver.lines.map(({ text }) => text).filter((text) => text.includes("="));
  assert.deepEqual(told, [
    "STATUS=standby; no leader",
    "READY=1",
    "STOPPING=1",
    "EXTEND_TIMEOUT_USEC=1500000",
    "STATUS=stopping",
  ]);
  assert.deepEqual(lines, []);
});

Deno.test("ServiceManager logs once that nobody listens at an abstract socket, and lives on", async () => {
  const { logger, lines } = recordedLog();
  const address = `@masterd-test-${crypto.randomUUID()}`;
  await using manager = new ServiceManager({ NOTIFY_SOCKET: address }, logger);
  await manager.ready();
  await manager.ready();
  assert.equal(lines.length, 1);
  assert.match(lines[0]!, /WARN .*cannot notify .*systemd-notify ended with exit code 1/);
});
