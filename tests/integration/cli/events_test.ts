import assert from "node:assert/strict";
import { StatusCluster } from "./status_cluster.ts";

const PUBLISHED = (line: string) => line.includes("leader address published");

Deno.test("masterd events --follow goes on with the next leader, and history tells why", async () => {
  await using cluster = await StatusCluster.create({
    conf: "masterd.zookeeper.tick-time: 500 ms\n",
  });
  const [first, second] = cluster.names;
  const leader = cluster.master(cluster.ports[0]);
  await leader.waitForLine(PUBLISHED);
  const standby = cluster.master(cluster.ports[1]);
  const follower = cluster.home.start("events", "--follow");
  const documents = cluster.home.start("events", "-f", "--json", second);
  await follower.waitForLine((line) => line.endsWith(`following ${first}`));
  await follower.waitForLine((line) => / role {8}leads /.test(line));
  await documents.waitForLine((line) => line.includes(`"message":"${first} leads"`));

  await leader.kill();
  await standby.waitForLine(PUBLISHED);
  await follower.waitForLine((line) => line.endsWith(`following ${second}`));
  await follower.waitForLine((line) => line.includes(`  ${second} leads  `));
  const own = await documents.waitForLine((line) => line.includes(`"message":"${second} leads"`));
  const { kind, leader: name, id } = JSON.parse(own.text);
  assert.deepEqual([kind, name], ["leader", second]);
  assert.match(id, /^[0-9a-f]{8}\.\d+$/);
  follower.signal("SIGINT");
  assert.equal((await follower.ends()).code, 130);
  documents.signal("SIGTERM");
  assert.equal((await documents.ends()).code, 143);

  // All that it printed is in the journal of that master.
  const listed = await cluster.home.run("events", "--json");
  assert.equal(listed.code, 0);
  const lines = documents.lines.filter(({ from }) => from === "stdout").map(({ text }) => text);
  assert.deepEqual(lines.filter((line) => !listed.text.includes(line)), []);
  const dead = await cluster.home.run("events", first);
  assert.equal(dead.code, 69);
  assert.match(dead.text, /^masterd: The journal of localhost:\d+ cannot be read: /);

  const { code, text } = await cluster.home.run("history");
  assert.equal(code, 0);
  const rows = text.split("\n");
  assert.match(rows[0]!, /^LED BY +EPOCH +FROM +UNTIL +GAP BEFORE +CAUSE$/);
  assert.match(rows[1]!, new RegExp(`^${second} .* - +[0-9]+ ms +crashed$`));
  assert.match(rows[2]!, new RegExp(`^${first} .* - +first$`));
});

Deno.test("masterd history and events say what they cannot do", async () => {
  await using cluster = await StatusCluster.create();
  const { run } = { run: (...args: string[]) => cluster.home.run(...args) };
  assert.deepEqual(await run("history"), { code: 0, text: "masterd: nobody has led yet" });
  assert.deepEqual(await run("history", "--json"), { code: 0, text: "[]" });
  assert.equal((await run("events")).code, 1);
  assert.equal((await run("events", "localhost:port")).code, 64);
  const alone = ["-Dhigh-availability=NONE"];
  assert.equal((await run("history", ...alone)).code, 78);
});
