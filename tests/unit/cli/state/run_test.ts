import assert from "node:assert/strict";
import { EXAMPLE, Installation } from "../installation.ts";

// Nobody listens on port 1.
const NOBODY = "-Dhigh-availability.zookeeper.quorum=127.0.0.1:1";

async function run(...words: string[]) {
  await using installation = await Installation.create(EXAMPLE);
  return await installation.run(["state", ...words]);
}

Deno.test("a command of the state refuses a wrong command line before it reads any file, code 64", async () => {
  const cases: [words: string[], message: RegExp][] = [
    [["get"], /an argument is missing: NAME \[FILE\|-\]$/],
    [["get", "../a"], /"\.\.\/a" is no name for an entry: /],
    [["get", "a/b"], /no name for an entry/],
    [["get", "\u{1f600}"], /no name for an entry/],
    [["get", "a".repeat(1000)], /^masterd: "a{60}…" is no name for an entry/],
    [["get", "a", "--version", "x"], /--version x is no version/],
    [["get", "a", "--json"], /--json tells of a file/],
    [["put", "a", "--if-match", '"1"'], /--if-match "1" is no version/],
    [["put", "a", "--if-match", "1", "--if-absent"], /exclude each other/],
    [["put", "a", "b", "c"], /unexpected argument c/],
    [["rm"], /an argument is missing: NAME\.\.\.$/],
    [["rm", "a", "b", "--if-match", "1"], /takes one name/],
    [["history", "a", "b"], /unexpected argument b/],
    [["ls", "a"], /unexpected argument a: this command takes options only/],
    [["gc", "--grace", "long"], /--grace: "long" is not a duration/],
    [["ls", "--timeout", "0"], /--timeout 0 is not a number of seconds above 0/],
    [["ls", "--jsn"], /unknown option --jsn: did you mean --json\?/],
  ];
  for (const [words, message] of cases) {
    const { code, out, errors } = await run(...words, "-c", "/nowhere");
    assert.deepEqual([code, out], [64, []], words.join(" "));
    assert.match(errors[0]!, message);
  }
});

Deno.test("a command of the state says that none is kept without ZooKeeper, exit code 78", async () => {
  await using installation = await Installation.create({
    "flink-conf.yaml": "rest.port: 8081\nhigh-availability: NONE\n",
  });
  const { code, errors } = await installation.run(["state", "ls"]);
  assert.equal(code, 78);
  assert.match(
    errors[0]!,
    /flink-conf\.yaml:2: high-availability: must be zookeeper: without it no/,
  );
});

Deno.test("a command of the state gives up when its time is up, exit code 75", async () => {
  const { code, errors } = await run("ls", "--timeout", "0.01", NOBODY);
  assert.deepEqual([code, errors], [75, ["masterd: Not done within 0.01 s"]]);
});
