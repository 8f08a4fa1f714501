import { runCommandLine } from "./src/cli/command_line.ts";
import { processContext } from "./src/cli/command_context.ts";

Deno.exit(await runCommandLine(Deno.args, processContext({ exit: Deno.exit })));
