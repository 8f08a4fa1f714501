const SIGNALS = [["SIGINT", 130], ["SIGTERM", 143]] as const;

/** Lets a command end in order when it is told to stop, as long as this is not disposed. */
export class Interruption implements Disposable {
  readonly #controller = new AbortController();
  readonly #removeListeners: (() => void)[] = [];
  #exitCode: number | undefined;

  constructor() {
    for (const [name, code] of SIGNALS) {
      const onSignal = () => {
        this.#exitCode ??= code;
        this.#controller.abort(new Error(`Interrupted by ${name}`));
      };
      Deno.addSignalListener(name, onSignal);
      this.#removeListeners.push(() => Deno.removeSignalListener(name, onSignal));
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The exit code that says which signal came, or undefined if none did. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  [Symbol.dispose](): void {
    for (const remove of this.#removeListeners) remove();
  }
}
