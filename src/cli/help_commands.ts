import type { Command } from "./command.ts";
import { COMMON } from "./common_options.ts";

/** What helps to use masterd. */
export const HELP_COMMANDS: Readonly<Record<string, Command>> = {
  "completion": {
    summary: "Prints the script with which a shell completes commands and options",
    notes: ["Names of masters and of configuration keys are completed, too."],
    operands: { usage: "bash|zsh|fish", min: 1, max: 1, values: [["bash", "zsh", "fish"]] },
    options: { "help": COMMON["help"]! },
    examples: [
      ["completion bash >/etc/bash_completion.d/masterd", "For every user of bash"],
      ["completion zsh >/usr/local/share/zsh/site-functions/_masterd", "For every user of zsh"],
      ["completion fish >~/.config/fish/completions/masterd.fish", "For this user of fish"],
    ],
    load: async () => (await import("./commands/completion.ts")).completion,
  },
};
