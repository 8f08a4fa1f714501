import assert from "node:assert/strict";
import { restartByScript } from "../../../../src/cli/drill/restart.ts";

const LEADER = { name: "a:8081", host: "a", port: 8081, pid: 4711, leaderSessionId: "" };

/** An installation whose jobmanager.sh notes its words; which of them, and what failed. */
async function restarting({ pidFile, exitCode = 0 }: { pidFile: string; exitCode?: number }) {
  const homeDir = await Deno.makeTempDir({ prefix: "masterd_restart_" });
  const failures: string[] = [];
  try {
    await Deno.mkdir(`${homeDir}/bin`);
    await Deno.mkdir(`${homeDir}/run`);
    const script = `#!/bin/sh\necho "$@" >'${homeDir}/words'\nexit ${exitCode}\n`;
    await Deno.writeTextFile(`${homeDir}/bin/jobmanager.sh`, script, { mode: 0o755 });
    await Deno.writeTextFile(`${homeDir}/run/masterd-u-0-standalonesession.pid`, pidFile);
    const words = ["-D", "rest.port=1"];
    const onFailure = (message: string) => void failures.push(message);
    await restartByScript(LEADER, { homeDir, pidDir: `${homeDir}/run`, words, onFailure });
    const said = await Deno.readTextFile(`${homeDir}/words`).catch(() => undefined);
    return { said, failures };
  } finally {
    await Deno.remove(homeDir, { recursive: true });
  }
}

Deno.test("restartByScript() starts a master again that the scripts had started", async () => {
  const { said, failures } = await restarting({ pidFile: "1\t2\tx\ty\n4711\t99\ta-8081\ta\n" });
  assert.deepEqual([said, failures], ["start a 8081 -D rest.port=1\n", []]);
});

Deno.test("restartByScript() leaves all others to whoever had started them", async () => {
  assert.deepEqual(await restarting({ pidFile: "47110\t99\ta-8081\ta\n" }), {
    said: undefined,
    failures: [],
  });
});

Deno.test("restartByScript() tells of a start that failed", async () => {
  const { failures } = await restarting({ pidFile: "4711\t99\ta-8081\ta\n", exitCode: 1 });
  assert.match(failures.join(), /jobmanager\.sh ended with exit code 1$/);
});
