import { type Environment, ENVIRONMENT_VARIABLES } from "../config/environment.ts";
import {
  type ByteInput,
  type ByteOutput,
  cannotWrite,
  errorTerminal,
  outputScreen,
  type Screen,
  standardInput,
  standardOutput,
  type Terminal,
} from "./byte_streams.ts";

/** As much of its process as a command sees. */
export interface CommandContext {
  readonly environment: Environment;
  readonly workingDirectory: string;
  readonly input: ByteInput;
  readonly output: ByteOutput;
  /** Standard error, if it is a terminal. */
  readonly terminal: Terminal | undefined;
  /** Standard output, if it is a terminal. */
  readonly screen?: Screen;
  /** Writes a line to standard output. */
  print(line: string): void;
  /** Writes a line to standard error. */
  printError(line: string): void;
  /** Ends the process at once. */
  exit(code: number): void;
}

export function processContext(options: { exit: (code: number) => void }): CommandContext {
  return {
    environment: Object.fromEntries(
      ENVIRONMENT_VARIABLES.map((name) => [name, Deno.env.get(name)]),
    ),
    workingDirectory: Deno.cwd(),
    input: standardInput(),
    output: standardOutput(),
    terminal: errorTerminal((text) => write(Deno.stderr, text)),
    screen: outputScreen((text) => write(Deno.stdout, text)),
    print: (line) => write(Deno.stdout, `${line}\n`),
    printError: (line) => write(Deno.stderr, `${line}\n`),
    exit: options.exit,
  };
}

function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let bytes = new TextEncoder().encode(text);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
  } catch (error) {
    // The reader has read enough, as in `masterd workers | head -1`.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw cannotWrite(error);
  }
}
