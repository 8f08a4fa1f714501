import type { LeaderInformation } from "../../election/leadership.ts";
import type { CommandContext } from "../command_context.ts";
import { EXIT_FAILED, EXIT_NOT_COMPLETED, EXIT_OK } from "../exit_code.ts";
import { counted } from "../state/table.ts";
import { milliseconds, named, rounded } from "../../daemon/switchover_text.ts";
import type { DrillEnd } from "./drill.ts";
import { Gaps } from "./gaps.ts";
import type { RoundEnd } from "./round.ts";

/** Says what a drill does, a line per round. */
export class DrillReport {
  readonly #rounds: number;
  readonly #isJson: boolean;
  readonly #context: Pick<CommandContext, "print" | "printError">;
  readonly #gaps = new Gaps();
  #done = 0;

  constructor(
    rounds: number,
    options: { isJson: boolean; context: Pick<CommandContext, "print" | "printError"> },
  ) {
    this.#rounds = rounds;
    this.#isJson = options.isJson;
    this.#context = options.context;
  }

  round(round: number, end: RoundEnd & { kind: "done" }): void {
    const { act, from, to, epoch, gapMs } = end;
    if (gapMs !== undefined) this.#gaps.add(gapMs);
    this.#done = round;
    if (this.#isJson) {
      const facts = { round, act, from, to, epoch: epoch === undefined ? null : String(epoch) };
      return this.#document({ ...facts, gapMs: rounded(gapMs) ?? null, ...this.#sums() });
    }
    const what = act === "kill" ? `killed ${from}, ${to} leads` : `${from} handed over to ${to}`;
    const gap = gapMs === undefined ? "not measured" : milliseconds(gapMs);
    this.#context.print(
      `round ${round} of ${this.#rounds}: ${what} (epoch ${epoch ?? "unknown"}): gap ${gap}; ` +
        this.#sumText(),
    );
  }

  /** Says how it ended; gives the exit code. */
  ended(end: DrillEnd): number {
    if (this.#isJson) {
      this.#document({ outcome: end.kind, ...end, kind: undefined, ...this.#sums() });
    }
    switch (end.kind) {
      case "done":
        if (!this.#isJson) this.#context.print(`${this.#countText()}: ${this.#sumText()}`);
        return EXIT_OK;
      case "refused":
        this.#context.printError(`masterd: nothing was changed: ${end.reason}`);
        return EXIT_FAILED;
      case "bad":
        this.#context.printError(`masterd: stopped in round ${end.round}: ${end.reason}`);
        return EXIT_NOT_COMPLETED;
    }
  }

  interrupted(leader: LeaderInformation | undefined): void {
    const who = leader === undefined ? "nobody is found leading" : `${named(leader)} leads`;
    this.#context.printError(`masterd: interrupted after ${this.#countText()}: ${who}`);
  }

  #document(document: Record<string, unknown>): void {
    this.#context.print(JSON.stringify(document));
  }

  #sums() {
    const { medianMs, maxMs } = this.#gaps;
    return { medianMs: rounded(medianMs) ?? null, maxMs: rounded(maxMs) ?? null };
  }

  #countText(): string {
    return counted(this.#done, "round");
  }

  #sumText(): string {
    const { medianMs, maxMs } = this.#gaps;
    if (medianMs === undefined || maxMs === undefined) return "no gap measured";
    return `median ${milliseconds(medianMs)}, max ${milliseconds(maxMs)}`;
  }
}
