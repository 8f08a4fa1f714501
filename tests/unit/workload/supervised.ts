import { createLogger } from "../../../src/log/logger.ts";
import { LatestValue } from "../../../src/async/latest_value.ts";
import { Supervisor, type SupervisorOptions } from "../../../src/workload/supervisor.ts";
import { FakeSystem, LIMIT } from "./fake_guard.ts";

/** A supervisor whose guards are fakes, with all it logged. */
export function supervised(options: Partial<SupervisorOptions> = {}) {
  const system = new FakeSystem();
  const log = recordedLines();
  const supervisor = new Supervisor({
    guard: ["guard"],
    command: { words: ["serve", "--now"], stopGraceMs: 0, logMaxBytes: 1000 },
    logFile: "/log/command.out",
    logKept: 3,
    logger: log.logger,
    system,
    ...options,
  });
  return {
    system,
    supervisor,
    log,
    async [Symbol.asyncDispose]() {
      for (const guard of system.guards) guard.isFrozen.set(false);
      await supervisor[Symbol.asyncDispose]();
      await Promise.all(system.guards.map((guard) => guard.hearing));
    },
  };
}

/** A logger whose lines can be waited for. */
export function recordedLines() {
  const lines: string[] = [];
  const count = new LatestValue(0);
  return {
    lines,
    logger: createLogger("test", { write: (line) => count.set(lines.push(line)) }),
    async line(pattern: RegExp): Promise<string> {
      await count.until(() => lines.some((line) => pattern.test(line)), LIMIT);
      return lines.find((line) => pattern.test(line))!;
    },
  };
}
