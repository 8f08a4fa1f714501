import { KEYS } from "../../config/keys.ts";
import type { CommandContext } from "../command_context.ts";
import { LISTED_COMMANDS } from "../commands.ts";
import { bashCompletion } from "../completion/bash.ts";
import { fishCompletion } from "../completion/fish.ts";
import { completionWords } from "../completion/words.ts";
import { zshCompletion } from "../completion/zsh.ts";
import { EXIT_OK } from "../exit_code.ts";
import type { Options } from "../options.ts";
import { suggestion } from "../suggestion.ts";
import { UsageError } from "../usage_error.ts";

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** Prints the script with which a shell completes the words of masterd. */
export function completion(options: Options, context: CommandContext): Promise<number> {
  const shell = options.operands[0]!;
  const names = Object.keys(SHELLS);
  if (!Object.hasOwn(SHELLS, shell)) {
    const meant = suggestion(shell, names);
    const hint = meant === undefined ? names.join(", ") : `did you mean ${meant}?`;
    throw new UsageError(`no completion for ${shell}: ${hint}`);
  }
  const script = SHELLS[shell as keyof typeof SHELLS];
  const settings = Object.values(KEYS).map(({ name }) => name);
  context.print(script(completionWords(LISTED_COMMANDS), settings).trimEnd());
  return Promise.resolve(EXIT_OK);
}
