import assert from "node:assert/strict";
import { Reaction } from "../../../../src/cli/leader/reaction.ts";
import { LocalFileError } from "../../../../src/cli/local_file_error.ts";
import { until } from "../../../support/until.ts";
import { published } from "../status/pictures.ts";

/** A reaction that runs a shell script, and the folder in which the script writes. */
class Running implements AsyncDisposable {
  readonly failures: string[] = [];
  readonly reaction: Reaction;
  readonly #stop = new AbortController();
  readonly #run: Promise<void>;

  constructor(readonly folder: string, script: string, limitMs = 60_000) {
    this.reaction = new Reaction({
      words: ["sh", "-c", `cd "${folder}" && ${script}`],
      limitMs,
      onFailure: (message) => void this.failures.push(message),
    });
    this.#run = this.reaction.run(this.#stop.signal);
  }

  static async start(script: string, limitMs?: number): Promise<Running> {
    return new Running(await Deno.makeTempDir({ prefix: "masterd_reaction_" }), script, limitMs);
  }

  lines(name = "log"): Promise<string[]> {
    return Deno.readTextFile(`${this.folder}/${name}`).then((text) => text.trim().split("\n"));
  }

  write(name: string): Promise<void> {
    return Deno.writeTextFile(`${this.folder}/${name}`, "");
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#run;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await Deno.remove(this.folder, { recursive: true });
  }
}

Deno.test("Reaction tells its command of the leader, and of none", async () => {
  const variables = "$MASTERD_LEADER_ADDRESS $MASTERD_LEADER_SESSION_ID $MASTERD_LEADER_HOST " +
    "$MASTERD_EPOCH $MASTERD_WEBUI_PORT $MASTERD_RPC_PORT";
  await using running = await Running.start(`echo "<${variables}>" >>log`);
  running.reaction.changed(undefined);
  await until(() => running.lines(), (lines) => lines.length === 1);
  running.reaction.changed(published("a"));
  const [none, leader] = await until(() => running.lines(), (lines) => lines.length === 2);
  assert.equal(none, "<     >");
  assert.match(leader!, /^<http:\/\/a:8081 [0-9a-f-]{36} a 7 8081 50000>$/);
});

Deno.test("Reaction runs one at a time, and of changes meanwhile only for the last", async () => {
  const wait = "while [ ! -e go ]; do sleep 0.02; done";
  await using running = await Running.start(`echo "$MASTERD_EPOCH" >>log && ${wait}`);
  running.reaction.changed(published("a", { epoch: 1n }));
  await until(() => running.lines(), (lines) => lines.length === 1);
  for (const epoch of [2n, 3n, 4n]) running.reaction.changed(published("a", { epoch }));
  await running.write("go");
  await until(() => running.lines(), (lines) => lines.length === 2);
  assert.deepEqual(await running.lines(), ["1", "4"]);
});

Deno.test("Reaction tells of a run that fails, and goes on", async () => {
  await using running = await Running.start('[ -n "$MASTERD_EPOCH" ] || exit 3; echo >log');
  running.reaction.changed(undefined);
  await until(() => running.failures, ({ length }) => length === 1);
  assert.deepEqual(running.failures, ["sh ended with exit code 3"]);
  running.reaction.changed(published("a"));
  await until(() => running.lines(), () => true);
});

Deno.test("Reaction ends a run that takes too long, and one that is under way at the end", async () => {
  const note =
    "trap 'echo stopped >>log; exit' TERM; echo >>started; while true; do sleep 0.02; done";
  await using running = await Running.start(note, 200);
  running.reaction.changed(published("a"));
  await until(() => running.failures, ({ length }) => length === 1);
  assert.match(
    running.failures[0]!,
    /^sh for http:\/\/a:8081 took longer than 200 ms and was stopped$/,
  );
  assert.deepEqual(await running.lines(), ["stopped"]);

  await using last = await Running.start(note);
  last.reaction.changed(published("a"));
  await until(() => last.lines("started"), () => true);
  await last.stop();
  assert.deepEqual([await last.lines(), last.failures], [["stopped"], []]);
});

Deno.test("Reaction ends with an error if its program is not there", async () => {
  const reaction = new Reaction({ words: ["/nowhere/x"], limitMs: 1000, onFailure: () => {} });
  reaction.changed(undefined);
  await assert.rejects(reaction.run(new AbortController().signal), LocalFileError);
});
