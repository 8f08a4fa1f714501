import assert from "node:assert/strict";
import { Installation } from "../installation.ts";

async function installed(text: string, peerId: number) {
  const installation = await Installation.create({ "zoo.cfg": text });
  const run = (...words: string[]) =>
    installation.run(["zoo-cfg", "--peer-id", `${peerId}`, ...words]);
  return { installation, run };
}

Deno.test("zoo-cfg --install claims the data folder and says what the start needs", async () => {
  const { installation, run } = await installed("server.3=localhost\nclientPort=2182\n", 3);
  await using _ = installation;
  const folder = `${installation.homeDir}/state/zookeeper-3`;
  const { code, out, errors } = await run("--install");
  assert.equal(code, 0);
  assert.deepEqual(out, [
    `config_file\t${folder}/masterd-zoo.cfg`,
    "ready_address\tlocalhost/2182",
    "ready_question\tsrvr",
    "ready_answer\tZookeeper version",
  ]);
  assert.deepEqual(errors, [
    `conf/zoo.cfg names no dataDir: the data of server 3 lies in ${folder}`,
  ]);
  assert.equal(await Deno.readTextFile(`${folder}/myid`), "3\n");
  const written = await Deno.readTextFile(`${folder}/masterd-zoo.cfg`);
  assert.equal(written.trimEnd(), (await run()).out.join("\n"));
  assert.deepEqual((await run("--install")).errors, []);
});

const READY: [string, string, string][] = [
  ["server.1=localhost;2183", "localhost/2183", "srvr"],
  ["server.1=localhost;[::1]:2183", "::1/2183", "srvr"],
  ["server.1=localhost;[::]:2183\nclientPortAddress=localhost", "localhost/2183", "srvr"],
  ["server.1=localhost\nclientPortAddress=[::1]", "::1/2181", "srvr"],
  ["server.1=localhost\nsecureClientPort=2281", "localhost/2281", "-"],
  [
    "server.1=localhost\nsecureClientPort=2281\nsecureClientPortAddress=127.0.0.2",
    "127.0.0.2/2281",
    "-",
  ],
  ["clientPort=2184", "localhost/2184", "srvr"],
];

for (const [text, address, question] of READY) {
  Deno.test(`zoo-cfg --install tells where ${JSON.stringify(text)} is ready`, async () => {
    const { installation, run } = await installed(text, 1);
    await using _ = installation;
    const { out } = await run("--install");
    assert.deepEqual(out.slice(1, 3), [`ready_address\t${address}`, `ready_question\t${question}`]);
  });
}

Deno.test("zoo-cfg --install lets a server be ready that waits for others", async () => {
  const { installation, run } = await installed("server.1=localhost\nserver.2=far.example\n", 1);
  await using _ = installation;
  assert.equal((await run("--install")).out.at(-1), "ready_answer\t-");
});

Deno.test("zoo-cfg --install lets ZooKeeper have servers with several addresses", async () => {
  const text = "server.1=localhost|127.0.0.2:1:2\nmultiAddress.enabled=true\n";
  const { installation, run } = await installed(text, 1);
  await using _ = installation;
  const { out } = await run("--install");
  assert.equal(out.at(-1), "java_option\t-Dzookeeper.multiAddress.enabled=true");
});

Deno.test("zoo-cfg --install gives each of several servers on a host folders of its own", async () => {
  const text = "server.1=localhost\nserver.2=127.0.0.1:2889:3889;2182\n" +
    "dataDir=data/zk\ndataLogDir=data/log\n";
  const { installation, run } = await installed(text, 2);
  await using _ = installation;
  const { code, out, errors } = await run("--install");
  assert.deepEqual([code, errors], [0, []]);
  const { homeDir } = installation;
  assert.equal(out[0], `config_file\t${homeDir}/data/zk/2/masterd-zoo.cfg`);
  assert.deepEqual((await run("--field", "dataLogDir")).out, [`${homeDir}/data/log/2`]);
  assert.equal(await Deno.readTextFile(`${homeDir}/data/log/2/myid`), "2\n");
});

Deno.test("zoo-cfg --install knows its host by whatever name", async () => {
  const text = "server.1=localhost\nserver.2=no-such-host.invalid:2889:3889;2182\ndataDir=data\n";
  const { installation, run } = await installed(text, 2);
  await using _ = installation;
  assert.deepEqual((await run("--field", "dataDir")).out, [`${installation.homeDir}/data`]);
  const { out } = await run("--install");
  assert.equal(out[0], `config_file\t${installation.homeDir}/data/2/masterd-zoo.cfg`);
});

Deno.test("zoo-cfg --install refuses the data of another server and writes nothing", async () => {
  const { installation, run } = await installed("server.1=localhost\ndataDir=data\n", 1);
  await using _ = installation;
  const data = `${installation.homeDir}/data`;
  await Deno.mkdir(data);
  await Deno.writeTextFile(`${data}/myid`, "2\n");
  const { code, out, errors } = await run("--install");
  assert.deepEqual([code, out], [78, []]);
  assert.deepEqual(errors, [
    `Cannot start ZooKeeper server 1: ${data}/myid says that the data is of server 2.`,
  ]);
  assert.deepEqual((await Array.fromAsync(Deno.readDir(data))).map(({ name }) => name), ["myid"]);
});

Deno.test("zoo-cfg --install warns of a dataDir that is emptied", async () => {
  const dataDir = await Deno.makeTempDir({ dir: "/tmp" });
  const { installation, run } = await installed(`server.1=localhost\ndataDir=${dataDir}\n`, 1);
  await using _ = installation;
  const { code, errors } = await run("--install");
  await Deno.remove(dataDir, { recursive: true });
  assert.equal(code, 0);
  assert.deepEqual(errors, [
    `warning: conf/zoo.cfg: dataDir: ${dataDir} is emptied sooner or later, and with it goes ` +
    "what the server has acknowledged",
  ]);
});

Deno.test("zoo-cfg --install tells why the data folder cannot be written", async () => {
  const { installation, run } = await installed("server.1=localhost\ndataDir=conf/zoo.cfg/x\n", 1);
  await using _ = installation;
  const { code, errors } = await run("--install");
  assert.equal(code, 1);
  assert.match(errors[0]!, /^masterd: Cannot read .*\/conf\/zoo\.cfg\/x\/myid: /);
});

Deno.test("zoo-cfg --server says what serves the file, and --install leaves the embedded server its folder", async () => {
  const { installation, run } = await installed("server.3=localhost\n", 3);
  await using _ = installation;
  const alone = await installation.run(["zoo-cfg", "--server", "embedded"]);
  assert.deepEqual(alone, { code: 0, out: ["embedded"], errors: [] });
  const environment = { ZOOKEEPER_HOME: "/opt/zookeeper" };
  const configured = await installation.run(["zoo-cfg", "--server", "auto"], environment);
  assert.deepEqual(configured.out, ["apache"]);
  const prepared = await run("--install", "--server", "embedded");
  assert.deepEqual(prepared, {
    code: 0,
    out: ["server\tembedded"],
    errors: [
      "conf/zoo.cfg names no dataDir: the data of server 3 lies in " +
      `${installation.homeDir}/state/zookeeper-3`,
    ],
  });
  assert.deepEqual(await Array.fromAsync(Deno.readDir(installation.homeDir), ({ name }) => name), [
    "conf",
  ]);
  assert.equal((await installation.run(["zoo-cfg", "--server", "both"])).code, 78);
});

Deno.test("zoo-cfg --install says what the embedded server would say in its log only", async () => {
  const dataDir = await Deno.makeTempDir({ dir: "/tmp" });
  const lines = `server.1=localhost\ndataDir=${dataDir}\ntikTime=5\n`;
  const { installation, run } = await installed(lines, 1);
  await using _ = installation;
  const install = () => run("--install", "--server", "embedded");
  try {
    const { code, errors } = await install();
    assert.equal(code, 0);
    assert.match(errors[0]!, /^warning: conf\/zoo\.cfg:3: tikTime: is unknown/);
    assert.match(errors[1]!, /^warning: conf\/zoo\.cfg: dataDir: .* is emptied sooner or later/);
    await Deno.mkdir(`${dataDir}/version-2`);
    await Deno.writeTextFile(`${dataDir}/version-2/log.1`, "");
    assert.equal((await install()).code, 78);
    await Deno.remove(`${dataDir}/version-2`, { recursive: true });
    await Deno.writeTextFile(`${dataDir}/myid`, "2\n");
    const foreign = await install();
    assert.equal(foreign.code, 78);
    assert.match(foreign.errors.at(-1)!, /says that the data is of server 2/);
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});
