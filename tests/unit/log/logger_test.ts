import assert from "node:assert/strict";
import { createLogger, describeError, formatLine, type Level } from "../../../src/log/logger.ts";

const TIME = new Date(2026, 0, 2, 3, 4, 5, 6);

function lines(level: Level): { lines: string[]; log: ReturnType<typeof createLogger> } {
  const lines: string[] = [];
  const log = createLogger("election", {
    level,
    write: (line) => lines.push(line),
    now: () => TIME,
  });
  return { lines, log };
}

Deno.test("createLogger() writes date, level, name, event and data in one line", () => {
  const { lines: written, log } = lines("info");
  log.info("leadership acquired", { node: "localhost:8081", epoch: 17n, reason: undefined });
  assert.deepEqual(written, [
    "2026-01-02 03:04:05,006 INFO  election - leadership acquired node=localhost:8081 epoch=17\n",
  ]);
});

Deno.test("createLogger() leaves out what is below its level", () => {
  const { lines: written, log } = lines("warn");
  log.debug("a");
  log.info("b");
  log.warn("c");
  log.error("d");
  assert.deepEqual(written.map((line) => line.at(-2)), ["c", "d"]);
});

Deno.test("named() logs for another part of the program to the same place", () => {
  const { lines: written, log } = lines("info");
  log.named("zookeeper").warn("connection lost");
  assert.match(written[0] ?? "", / WARN {2}zookeeper - connection lost\n$/);
});

Deno.test("formatLine() keeps any value within its line and its field", () => {
  const line = formatLine(TIME, "info", "x", "event", {
    blank: "a b",
    empty: "",
    feed: "a\nb=c",
    quote: 'say "a"',
  });
  assert.match(line, / - event blank="a b" empty="" feed="a\\nb=c" quote="say \\"a\\""\n$/);
});

Deno.test("describeError() tells the causes, too", () => {
  const error = new Error("Cannot connect", { cause: new Error("refused", { cause: "no route" }) });
  assert.equal(describeError(error), "Cannot connect: refused: no route");
  assert.equal(describeError("text"), "text");
});

Deno.test("describeError() does not say again what a message says of its cause", () => {
  const device = new Error("Input/output error");
  const storage = new Error(`Cannot write a: ${device.message}`, { cause: device });
  const error = new Error(`Cannot put a: ${storage.message}`, { cause: storage });
  assert.equal(describeError(error), "Cannot put a: Cannot write a: Input/output error");
});
