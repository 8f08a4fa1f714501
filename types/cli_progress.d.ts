/** What of cli-progress is used here; the package comes without types. */
export interface BarOptions {
  /** With `{bar}`, `{percentage}`, `{value}`, `{total}` and what `update` gives besides. */
  format: string;
  /** Where to draw, as node's streams show a terminal. */
  stream: { readonly isTTY: true; readonly columns: number; write(text: string): unknown };
  /** Redraws per second. */
  fps?: number;
  barsize?: number;
  hideCursor?: boolean;
  clearOnComplete?: boolean;
  formatValue?: (
    value: number | string,
    options: unknown,
    type: "total" | "value" | "eta" | "percentage" | "duration",
  ) => string;
}

/** A bar on one line. */
export class SingleBar {
  constructor(options: BarOptions);
  start(total: number, value: number): void;
  update(value: number): void;
  setTotal(total: number): void;
  stop(): void;
}

declare const cliProgress: { SingleBar: typeof SingleBar };
export default cliProgress;
