import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { until } from "../support/until.ts";
import { crash, Installation, isAlive, loginEnvironment } from "./installation.ts";

for (const end of ["taskmanager.sh stop", "the next start, if it has died,"]) {
  Deno.test(`${end} takes away the ready file of a start that was interrupted`, async () => {
    await using installation = await Installation.create();
    const script = startedInBackground(installation, { FAKE_DAEMON: "never-ready" });
    const environment = await until(
      () => installation.noted("environment"),
      (lines) => lines.some((line) => line.startsWith("MASTERD_READY_FILE=")),
    );
    script.kill("SIGTERM");
    await script.status;
    await script.stdout.cancel();
    const variable = environment.find((line) => line.startsWith("MASTERD_READY_FILE="))!;
    await writeFile(variable.slice(variable.indexOf("=") + 1), "now\n");
    await writeFile(`${variable.slice(variable.indexOf("=") + 1)}.half-written`, "");
    if (end.startsWith("the next")) {
      const [worker] = await installation.instances("taskexecutor");
      await crash(worker!.pid);
      await installation.run("taskmanager.sh", ["start"]);
    }
    await installation.run("taskmanager.sh", ["stop"]);
    assert.deepEqual(await installation.files(installation.path("run")), []);
  });
}

Deno.test("taskmanager.sh start that is killed leaves no daemon that stop does not know", async () => {
  await using installation = await Installation.create();
  for (let round = 0; round < 10; round++) {
    const script = startedInBackground(installation);
    const reader = script.stdout.getReader();
    await reader.read();
    script.kill("SIGKILL");
    await script.status;
    await reader.cancel();
    await installation.run("taskmanager.sh", ["stop-all"]);
    for (const line of await installation.noted("daemons")) {
      assert.ok(!await isAlive(parseInt(line)));
    }
  }
  assert.deepEqual(await installation.files(installation.path("run")), []);
});

function startedInBackground(installation: Installation, environment?: Record<string, string>) {
  return new Deno.Command(installation.path("bin", "taskmanager.sh"), {
    args: ["start"],
    clearEnv: true,
    env: loginEnvironment(environment),
    stdout: "piped",
  }).spawn();
}
