/** Data of an event; undefined fields are left out. */
export type Fields = Record<string, string | number | bigint | boolean | undefined | Error>;

export type Level = "debug" | "info" | "warn" | "error";

/** Writes one line per event: a constant sentence, and the data as `key=value`. */
export interface Logger {
  debug(event: string, fields?: Fields): void;
  info(event: string, fields?: Fields): void;
  warn(event: string, fields?: Fields): void;
  error(event: string, fields?: Fields): void;
  /** The same log under the name of another part of the program. */
  named(name: string): Logger;
}

const LEVELS: readonly Level[] = ["debug", "info", "warn", "error"];

export interface LoggerOptions {
  level?: Level;
  write?: (line: string) => void;
  now?: () => Date;
}

export function createLogger(name: string, options: LoggerOptions = {}): Logger {
  const { level = "info", write = writeToStderr, now = () => new Date() } = options;
  const threshold = LEVELS.indexOf(level);
  const at = (eventLevel: Level) => (event: string, fields: Fields = {}) => {
    if (LEVELS.indexOf(eventLevel) < threshold) return;
    write(formatLine(now(), eventLevel, name, event, fields));
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    named: (other) => createLogger(other, options),
  };
}

/** The layout of Flink's log files, so that what reads those reads these: date, level, name, event. */
export function formatLine(
  time: Date,
  level: Level,
  name: string,
  event: string,
  fields: Fields,
): string {
  const stamp = formatTime(time);
  const data = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}=${formatValue(value)}`)
    .join("");
  return `${stamp} ${level.toUpperCase().padEnd(5)} ${name} - ${event}${data}\n`;
}

function formatTime(time: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
  return `${date} ${clock},${String(time.getMilliseconds()).padStart(3, "0")}`;
}

function formatValue(value: Fields[string]): string {
  const text = value instanceof Error ? describeError(value) : String(value);
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text);
}

/**
 * An error and its causes in one line: an operator reads the cause, not the stack. What a message says
 * of its cause already is not said again.
 */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  let text = error.message;
  for (let cause = error.cause; cause !== undefined; cause = causeOf(cause)) {
    const message = cause instanceof Error ? cause.message : String(cause);
    if (!text.includes(message)) text += `: ${message}`;
  }
  return text;
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

const encoder = new TextEncoder();

// A full disk or a closed pipe must not end the daemon: the line is lost, the leader leads on.
function writeToStderr(line: string): void {
  try {
    Deno.stderr.writeSync(encoder.encode(line));
  } catch {
    return;
  }
}
