import assert from "node:assert/strict";
import { EXAMPLE, Installation } from "../installation.ts";

/** check-config with these lines from line 6 of the file on. */
async function checkConfig(lines: readonly string[], words: readonly string[] = []) {
  await using installation = await Installation.create({
    ...EXAMPLE,
    "flink-conf.yaml": `${EXAMPLE["flink-conf.yaml"]}${lines.join("\n")}\n`,
  });
  return await installation.run(["check-config", ...words]);
}

const COMMAND = "masterd.jobmanager.command: [java, -jar, 'a b.jar']";
const GRACE = "masterd.jobmanager.stop-grace: 20 s";
const TIMEOUT = "high-availability.zookeeper.client.session-timeout: 10 s";

Deno.test("check-config shows commands as they are, and what follows from other keys", async () => {
  const { code, out, errors } = await checkConfig([COMMAND]);
  assert.deepEqual({ code, errors }, { code: 0, errors: [] });
  const file = "conf/flink-conf.yaml";
  assert.ok(out.includes(`masterd.jobmanager.command: java -jar 'a b.jar'  # ${file}:6`));
  assert.ok(out.includes("masterd.jobmanager.stop-grace: 15000 ms  # default"));
  assert.ok(out.includes("masterd.zookeeper.tick-time: 2 s  # default"));
});

Deno.test("check-config refuses a stop grace that the lease has no room for, with line and numbers (T18)", async () => {
  const { code, out, errors } = await checkConfig([COMMAND, GRACE, TIMEOUT]);
  assert.deepEqual({ code, out }, { code: 78, out: [] });
  assert.equal(errors.length, 1);
  assert.match(
    errors[0]!,
    /^conf\/flink-conf\.yaml:7: masterd\.jobmanager\.stop-grace: 20000 ms .*; write at most 5916 ms/,
  );
});

Deno.test("check-config names -D as the origin of a stop grace that does not fit", async () => {
  const grace = "-Dmasterd.jobmanager.stop-grace=20 s";
  const { code, errors } = await checkConfig([COMMAND, TIMEOUT], [grace]);
  assert.equal(code, 78);
  assert.match(errors.join("\n"), /^-D: masterd\.jobmanager\.stop-grace: 20000 ms do not fit/);
});

Deno.test("check-config reports what does not fit the lease beside the problems of other files", async () => {
  await using installation = await Installation.create({
    ...EXAMPLE,
    "flink-conf.yaml": `${EXAMPLE["flink-conf.yaml"]}${COMMAND}\n${GRACE}\n${TIMEOUT}\n`,
    "masters": "h:\n",
  });
  const { code, errors } = await installation.run(["check-config"]);
  assert.equal(code, 78);
  assert.match(errors.join("\n"), /stop-grace: 20000 ms[^]*conf\/masters:1: /);
});

Deno.test("check-config puts problems and warnings of the lease into its JSON", async () => {
  const timeout = TIMEOUT.replace("10 s", "2 s");
  const { code, out } = await checkConfig([COMMAND, GRACE, timeout], ["--json"]);
  assert.equal(code, 78);
  const { problems, warnings } = JSON.parse(out.join("\n"));
  const keys = (list: { key: string }[]) => list.map(({ key }) => key);
  assert.deepEqual(keys(problems), ["masterd.jobmanager.stop-grace"]);
  assert.deepEqual(keys(warnings), ["high-availability.zookeeper.client.session-timeout"]);
});

Deno.test("check-config warns of servers in zoo.cfg whose ticks are longer than leases are counted with", async () => {
  await using installation = await Installation.create({
    ...EXAMPLE,
    "zoo.cfg": "tickTime=6000\nserver.0=localhost:2888:3888\n",
  });
  const { code, errors } = await installation.run(["check-config"]);
  assert.equal(code, 0);
  assert.match(
    errors.join("\n"),
    /^warning: conf\/zoo\.cfg: tickTime: ticks of 6000 ms are longer /,
  );
});

Deno.test("check-config warns of a command's secret and of keys that nobody knows", async () => {
  const { code, errors } = await checkConfig([
    "masterd.jobmanager.command: db --password=hunter2",
    "masterd.jobmanager.helth-interval: 1 s",
  ]);
  assert.equal(code, 0);
  assert.match(errors.join("\n"), /:6: masterd\.jobmanager\.command: word 2 looks like a secret/);
  assert.match(errors.join("\n"), /:7: .* did you mean masterd\.jobmanager\.health-interval\?/);
  assert.doesNotMatch(errors.join("\n"), /hunter2/);
});

for (const command of ["jobmanager", "masters"]) {
  Deno.test(`${command} refuses a stop grace that the lease has no room for`, async () => {
    await using installation = await Installation.create({
      ...EXAMPLE,
      "flink-conf.yaml": `${EXAMPLE["flink-conf.yaml"]}${COMMAND}\n${GRACE}\n${TIMEOUT}\n`,
    });
    const { code, out, errors } = await installation.run([command]);
    assert.deepEqual({ code, out }, { code: 78, out: [] });
    assert.match(errors.join("\n"), /^conf\/flink-conf\.yaml:7: masterd\.jobmanager\.stop-grace: /);
  });
}

for (
  const { line, code, text } of [
    { line: "snapCount=0", code: 78, text: /^conf\/zoo\.cfg:1: snapCount: "0" is not a/ },
    { line: "secureClientPort=2281", code: 78, text: /neither TLS nor SASL/ },
    { line: "server.1=a\nserver.2=b", code: 78, text: /names 2 servers, but the embedded/ },
    { line: "tikTime=5", code: 0, text: /^warning: conf\/zoo\.cfg:1: tikTime: .* tickTime/ },
  ]
) {
  Deno.test(`check-config says what the embedded server will say of ${line.split("\n")[0]}`, async () => {
    await using installation = await Installation.create({ ...EXAMPLE, "zoo.cfg": `${line}\n` });
    const check = (server: string) =>
      installation.run(["check-config", `-Dmasterd.zookeeper.server=${server}`]);
    const outcome = await check("embedded");
    assert.equal(outcome.code, code);
    assert.match(outcome.errors.join("\n"), text);
    assert.doesNotMatch((await check("apache")).errors.join("\n"), text);
  });
}
