import assert from "node:assert/strict";
import { type Options, type OptionSpecs, parseOptions } from "../../../src/cli/options.ts";
import { UsageError } from "../../../src/cli/usage_error.ts";

const SPECS: OptionSpecs = {
  "config-dir": { kind: "text", short: "c", aliases: ["configDir"], summary: "" },
  "port": { kind: "text", summary: "" },
  "property": { kind: "list", short: "D", summary: "" },
  "json": { kind: "flag", summary: "" },
};

function parse(...words: string[]): Options {
  return parseOptions(words, SPECS);
}

Deno.test("parseOptions() reads a text option under each of its names", () => {
  for (const words of [["-c", "d"], ["--config-dir", "d"], ["--configDir=d"]]) {
    assert.equal(parse(...words).text("config-dir"), "d");
  }
  assert.equal(parse("-c", "a", "-c", "b").text("config-dir"), "b");
  assert.equal(parse().text("config-dir"), undefined);
});

Deno.test("parseOptions() gathers a list in every way it can be written", () => {
  const words = ["-Dkey=value", "-D", "a=b=c", "--property", "x=y", "--property=z=1"];
  assert.deepEqual(parse(...words).list("property"), ["key=value", "a=b=c", "x=y", "z=1"]);
  assert.deepEqual(parse().list("property"), []);
});

Deno.test("parseOptions() keeps text that looks like a number", () => {
  assert.equal(parse("--config-dir", "007").text("config-dir"), "007");
});

Deno.test("parseOptions() reads a flag", () => {
  assert.equal(parse("--json").flag("json"), true);
  assert.equal(parse().flag("json"), false);
});

Deno.test("parseOptions() refuses a missing value, an unknown option, and a further word", () => {
  const cases: [string[], RegExp][] = [
    [["--port"], /^--port needs a value$/],
    [["--port", "--json"], /^--port needs a value$/],
    [["--port="], /^--port needs a value$/],
    [["-D"], /^--property needs a value$/],
    [["--prot", "1"], /^unknown option --prot: did you mean --port\?$/],
    [["--conf"], /^unknown option --conf: did you mean --config-dir\?$/],
    [["-json"], /^unknown option -json: did you mean --json\?$/],
    [["-x"], /^unknown option -x$/],
    [["word"], /^unexpected argument word/],
    [["--", "word"], /^unexpected argument word/],
  ];
  for (const [words, message] of cases) {
    assert.throws(() => parse(...words), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, message);
      return true;
    });
  }
});

Deno.test("parseOptions() leaves all behind an option of words to another program", () => {
  const specs: OptionSpecs = { ...SPECS, "exec": { kind: "words", summary: "" } };
  const parseAll = (...words: string[]) => parseOptions(words, specs);
  const options = parseAll("--json", "--exec", "ls", "--json", "-D", "--", "x");
  assert.deepEqual(options.list("exec"), ["ls", "--json", "-D", "--", "x"]);
  assert.equal(options.flag("json"), true);
  assert.deepEqual(parseAll("--exec", "--", "-strange").list("exec"), ["-strange"]);
  assert.deepEqual(parseAll().list("exec"), []);
  assert.throws(() => parseAll("--exec"), new UsageError("--exec needs a program"));
});

const FILE_OPERANDS = { usage: "NAME [FILE|-]", min: 1, max: 2 };

Deno.test("parseOptions() gathers the words that are no options, wherever they stand", () => {
  const cases: [words: string[], operands: string[]][] = [
    [["a", "-"], ["a", "-"]],
    [["--json", "a", "--port", "1", "b"], ["a", "b"]],
    [["007"], ["007"]],
    [["--json", "--", "-a", "--port"], ["-a", "--port"]],
  ];
  for (const [words, operands] of cases) {
    assert.deepEqual(parseOptions(words, SPECS, FILE_OPERANDS).operands, operands);
  }
});

Deno.test("parseOptions() refuses too few and too many words", () => {
  assert.throws(
    () => parseOptions(["--json"], SPECS, FILE_OPERANDS),
    new UsageError("an argument is missing: NAME [FILE|-]"),
  );
  assert.throws(
    () => parseOptions(["a", "b", "c"], SPECS, FILE_OPERANDS),
    new UsageError("unexpected argument c: this command takes NAME [FILE|-]"),
  );
});

Deno.test("parseOptions() does not miss words beside --help", () => {
  const specs: OptionSpecs = { ...SPECS, "help": { kind: "flag", summary: "" } };
  assert.equal(parseOptions(["--help"], specs, FILE_OPERANDS).flag("help"), true);
});

Deno.test("durationMs() reads seconds as milliseconds, up to the limit", () => {
  assert.equal(parse("--port", "1.5").durationMs("port", { maxSeconds: 60 }), 1500);
  assert.equal(parse().durationMs("port", { maxSeconds: 60 }), undefined);
  for (const text of ["0", "61", "1s", "1e1", "abc"]) {
    assert.throws(
      () => parse("--port", text).durationMs("port", { maxSeconds: 60 }),
      new UsageError(`--port ${text} is not a number of seconds above 0 and up to 60`),
    );
  }
});

Deno.test("integer() reads digits up to the limit", () => {
  assert.equal(parse("--port", "65535").integer("port", 65535), 65535);
  assert.equal(parse().integer("port", 65535), undefined);
  for (const text of ["65536", "1.5", "0x10", "1e3", "abc"]) {
    assert.throws(() => parse("--port", text).integer("port", 65535), UsageError);
  }
});
