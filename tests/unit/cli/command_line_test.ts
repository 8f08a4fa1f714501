import assert from "node:assert/strict";
import { COMMANDS } from "../../../src/cli/commands.ts";
import { VERSION } from "../../../src/daemon/version.ts";
import { EXAMPLE, Installation } from "./installation.ts";

async function run(...words: string[]) {
  await using installation = await Installation.create(EXAMPLE);
  return await installation.run(words);
}

Deno.test("runCommandLine() prints the version", async () => {
  assert.deepEqual(await run("--version"), { code: 0, out: [`masterd ${VERSION}`], errors: [] });
  assert.match(VERSION, /^\d+\.\d+\.\d+/);
});

Deno.test("runCommandLine() lists every command for users in its help", async () => {
  for (const word of ["--help", "-h", "help"]) {
    const { code, out } = await run(word);
    assert.equal(code, 0);
    for (const [name, { isInternal = false }] of Object.entries(COMMANDS)) {
      assert.equal(out.some((line) => line.startsWith(`  ${name} `)), !isInternal, name);
    }
  }
});

Deno.test("runCommandLine() explains each command without reading any file", async () => {
  for (const [name, { options, load }] of Object.entries(COMMANDS)) {
    const nowhere = "config-dir" in options ? ["--config-dir", "/nowhere"] : [];
    const { code, out } = await run(name, "--help", ...nowhere);
    assert.equal(code, 0);
    assert.equal(out[0], `Usage: masterd ${name} [options]`);
    for (const option of Object.keys(options)) {
      assert.ok(out.some((line) => line.includes(`--${option}`)), `${name} ${option}`);
    }
    assert.equal(typeof await load(), "function");
  }
});

Deno.test("runCommandLine() names the nearest command after a typo, exit code 64", async () => {
  assert.deepEqual(await run("jobmanger"), {
    code: 64,
    out: [],
    errors: ["masterd: unknown command jobmanger: did you mean jobmanager?"],
  });
});

Deno.test("runCommandLine() refuses a command line without a known command", async () => {
  assert.equal((await run()).code, 64);
  assert.match((await run("constructor")).errors[0]!, /unknown command constructor/);
  assert.match((await run("qqqqqqqq")).errors[0]!, /`masterd --help` lists them/);
});

Deno.test("runCommandLine() refuses an unknown option before it reads any file", async () => {
  const { code, errors } = await run("jobmanager", "--hots", "a", "-c", "/nowhere");
  assert.equal(code, 64);
  assert.deepEqual(errors, ["masterd: unknown option --hots: did you mean --host?"]);
});

/** Starts a master that can come no further than its web UI port, which is taken. */
async function runMaster(host: string) {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const options = [`--host=${host}`, "--webui-port", `${taken.addr.port}`];
  return await run("jobmanager", ...options, "-Drest.bind-address=127.0.0.1");
}

Deno.test("runCommandLine() refuses a --host that is no host, exit code 64", async () => {
  for (const host of ["a b", "a:8081", "-x", "user@a", "a\n"]) {
    const { code, errors } = await runMaster(host);
    assert.equal(code, 64, host);
    assert.match(errors[0]!, /^masterd: --host: /);
  }
});

Deno.test("runCommandLine() takes an IPv6 --host with and without brackets", async () => {
  for (const host of ["::1", "[::1]"]) {
    const { code, errors } = await runMaster(host);
    assert.equal(code, 1);
    assert.match(errors[0]!, /Cannot serve the web UI on \[::1\]:\d+: /);
  }
});

Deno.test("runCommandLine() tells every configuration problem, exit code 78", async () => {
  await using installation = await Installation.create({
    "flink-conf.yaml": "high-availability: zookeper\nrest.port: x\n",
  });
  const { code, errors } = await installation.run(["script-env"]);
  assert.equal(code, 78);
  assert.match(errors.join("\n"), /conf\/flink-conf\.yaml:1: .*zookeper.*did you mean zookeeper/);
  assert.match(errors.join("\n"), /conf\/flink-conf\.yaml:2: rest\.port: /);
});
