import assert from "node:assert/strict";
import { VERSION } from "../../../../src/daemon/version.ts";
import { EXAMPLE, Installation } from "../installation.ts";

async function run(words: string[], files: Record<string, string> = {}) {
  await using installation = await Installation.create({ ...EXAMPLE, ...files });
  return await installation.run(words);
}

Deno.test("masters prints host, port, place and login of each line", async () => {
  const { code, out } = await run(["masters"], {
    masters: "localhost:8081\n[::1]:8082\nann@far.example ssh-port=2222\nnobody-here@127.0.0.1\n",
  });
  assert.equal(code, 0);
  assert.deepEqual(out, [
    "localhost\t8081\tlocal\t-\t-",
    "::1\t8082\tlocal\t-\t-",
    "far.example\t8081\tremote\tann\t2222",
    "127.0.0.1\t8081\tremote\tnobody-here\t-",
  ]);
});

Deno.test("masters names every malformed line and prints none", async () => {
  const { code, out, errors } = await run(["masters"], {
    masters: "h:\nh: 8081\nh:abc\n:8081\nok:1\nok:1\n",
  });
  assert.equal(code, 78);
  assert.deepEqual(out, []);
  assert.deepEqual(
    errors.map((line) => /^conf\/masters:(\d+): /.exec(line)?.[1]),
    ["1", "2", "3", "4", "6"],
  );
});

Deno.test("workers prints a line per worker", async () => {
  assert.deepEqual((await run(["workers"])).out, [
    "localhost\tlocal\t-\t-",
    "far.example\tremote\t-\t-",
  ]);
});

Deno.test("workers takes its own user for a user of this host", async () => {
  const id = await new Deno.Command("id", { args: ["-un"] }).output();
  const me = new TextDecoder().decode(id.stdout).trim();
  const { out } = await run(["workers"], { workers: `${me}@localhost\n` });
  assert.deepEqual(out, [`localhost\tlocal\t${me}\t-`]);
});

Deno.test("workers tells that the file is missing", async () => {
  await using installation = await Installation.create({});
  const { code, errors } = await installation.run(["workers"]);
  assert.equal(code, 78);
  assert.match(errors[0]!, /^conf\/workers: no such file/);
});

Deno.test("quorum-servers prints id, host, place, and the login of masters or workers", async () => {
  const { out } = await run(["quorum-servers"], {
    "zoo.cfg": "server.0=localhost:2888:3888\nserver.7=far.example:2888:3888\n",
    masters: "# none yet\n",
    workers: "other\nann@Far.example\nbob@far.example ssh-port=2222\n",
  });
  assert.deepEqual(out, ["0\tlocalhost\tlocal\t-\t-", "7\tfar.example\tremote\tann\t2222"]);
});

Deno.test("zoo-cfg prints the completed file, or one field of it", async () => {
  await using installation = await Installation.create(EXAMPLE);
  const { out } = await installation.run(["zoo-cfg", "--peer-id", "0"]);
  assert.ok(out.includes("server.0=localhost:2888:3888"));
  assert.ok(out.includes(`dataDir=${installation.homeDir}/state/zookeeper-0`));
  const field = await installation.run(["zoo-cfg", "--peer-id", "0", "--field", "dataDir"]);
  assert.deepEqual(field.out, [`${installation.homeDir}/state/zookeeper-0`]);
});

Deno.test("zoo-cfg refuses a peer that is not in the file, and a field that is not there", async () => {
  const peer = await run(["zoo-cfg", "--peer-id", "9"]);
  assert.equal(peer.code, 78);
  assert.match(peer.errors[0]!, /has no server\.9/);
  assert.equal((await run(["zoo-cfg"])).code, 64);
  const field = await run(["zoo-cfg", "--peer-id", "0", "--field", "dataDri"]);
  assert.equal(field.code, 64);
});

Deno.test("script-env prints what the scripts need", async () => {
  await using installation = await Installation.create(EXAMPLE);
  const environment = { FLINK_PID_DIR: "/tmp/pids", FLINK_SSH_OPTS: "-i '/a b/key'  -4" };
  const { code, out } = await installation.run(["script-env"], environment);
  assert.equal(code, 0);
  assert.deepEqual(out, [
    "ha\tzookeeper",
    "pid_dir\t/tmp/pids",
    `log_dir\t${installation.homeDir}/log`,
    "log_max\t10",
    "quorum_peers\t1",
    "zookeeper_server\tauto",
    `version\t${VERSION}`,
    `config_dir\t${installation.homeDir}/conf`,
    "ssh_option\t-i",
    "ssh_option\t/a b/key",
    "ssh_option\t-4",
  ]);
});

Deno.test("script-env finds the configuration by option, then by either variable", async () => {
  await using installation = await Installation.create(EXAMPLE);
  await using other = await Installation.create(EXAMPLE);
  const confDirOf = async (words: string[], environment: Record<string, string>) => {
    const { out } = await installation.run(["script-env", ...words], environment);
    return out.at(-1);
  };
  const conf = `config_dir\t${other.homeDir}/conf`;
  const [here, there] = [`${installation.homeDir}/conf`, `${other.homeDir}/conf`];
  assert.equal(await confDirOf(["-c", there], { MASTERD_CONF_DIR: here }), conf);
  assert.equal(await confDirOf([], { MASTERD_CONF_DIR: there, FLINK_CONF_DIR: here }), conf);
  assert.equal(await confDirOf([], { FLINK_CONF_DIR: there }), conf);
  assert.equal(await confDirOf([], { MASTERD_HOME: other.homeDir }), conf);
});

Deno.test("check-config prints each value with its origin", async () => {
  await using installation = await Installation.create(EXAMPLE);
  const words = ["check-config", "-Drest.port=9000", "-z", "/other"];
  const { code, out } = await installation.run(words);
  assert.equal(code, 0);
  const line = (key: string) => out.find((one) => one.startsWith(`${key}: `));
  assert.match(line("rest.port")!, /^rest\.port: 9000 {2}# -D/);
  assert.match(line("high-availability.cluster-id")!, /: \/other {2}# -/);
  assert.match(line("high-availability")!, /: zookeeper {2}# conf\/flink-conf\.yaml:1$/);
  assert.match(line("heartbeat.interval")!, /# default$/);
});

Deno.test("check-config prints JSON", async () => {
  const { code, out } = await run(["check-config", "--json"]);
  assert.equal(code, 0);
  const { settings, problems } = JSON.parse(out.join("\n"));
  assert.deepEqual(problems, []);
  const root = settings.find(({ key }: { key: string }) => key.endsWith("path.root"));
  assert.deepEqual(root, {
    key: "high-availability.zookeeper.path.root",
    value: "/flink",
    origin: "conf/flink-conf.yaml:3",
    hasEffect: true,
  });
});

Deno.test("check-config tells the problems of all files at once", async () => {
  const { code, out, errors } = await run(["check-config"], {
    "flink-conf.yaml": "high-availability: zookeper\n",
    "masters": "h:\n",
    "workers": "h:1\n",
    "zoo.cfg": "server.x=h\n",
  });
  assert.equal(code, 78);
  assert.deepEqual(out, []);
  for (const file of ["flink-conf.yaml:1", "masters:1", "workers:1", "zoo.cfg:1"]) {
    assert.ok(errors.some((line) => line.startsWith(`conf/${file}: `)), file);
  }
});

Deno.test("check-config tells which keys of Flink have no effect here", async () => {
  const { code, out, errors } = await run(["check-config"], {
    "flink-conf.yaml": `${EXAMPLE["flink-conf.yaml"]}parallelism.default: 3\n`,
  });
  assert.equal(code, 0);
  assert.deepEqual(errors, []);
  assert.ok(out.includes("parallelism.default: 3  # conf/flink-conf.yaml:6, no effect here"));
});

Deno.test("check-config warns of an unknown key", async () => {
  const { code, errors } = await run(["check-config"], {
    "flink-conf.yaml": `${EXAMPLE["flink-conf.yaml"]}rest.prot: 1\n`,
  });
  assert.equal(code, 0);
  assert.match(errors.join("\n"), /^warning: conf\/flink-conf\.yaml:6: rest\.prot: .*rest\.port/);
});
