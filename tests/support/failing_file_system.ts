import type { FileSystem } from "../../src/storage/file/file_system.ts";

/** The calls of a file system, by their names. */
export type FileCall = Exclude<keyof FileSystem, typeof Symbol.dispose>;

/** What a call does instead of what it is for. */
export interface Fault {
  /** Fails with this code, `EIO`. */
  code?: string;
  /** Lets the call wait, before or after all else, until this resolves. */
  until?: Promise<void>;
  /** True: the call takes effect all the same; as a write whose answer is lost. */
  takesEffect?: boolean;
  /** How often; for ever unless told. */
  times?: number;
}

// deno-lint-ignore no-explicit-any
type Method = (...args: any[]) => Promise<unknown>;

/** A file system whose calls fail or hang as a test wants it. */
export class FailingFileSystem {
  readonly files: FileSystem;
  /** All calls that were made, in order. */
  readonly calls: FileCall[] = [];
  readonly #faults = new Map<FileCall, Fault>();

  constructor(files: FileSystem) {
    this.files = new Proxy(files, {
      get: (target, property) => {
        const value = Reflect.get(target, property);
        if (typeof property === "symbol") return value.bind(target);
        return this.#method(property as FileCall, value.bind(target));
      },
    });
  }

  /** From now on the call has this fault; the others go on as before. */
  fail(call: FileCall, fault: Fault): void {
    this.#faults.set(call, fault);
  }

  /** Ends all faults. */
  heal(): void {
    this.#faults.clear();
  }

  #method(call: FileCall, method: Method): Method {
    return async (...args) => {
      this.calls.push(call);
      const fault = this.#faults.get(call);
      if (fault === undefined) return await method(...args);
      if (fault.times === 1) this.#faults.delete(call);
      else if (fault.times !== undefined) this.fail(call, { ...fault, times: fault.times - 1 });
      await fault.until;
      const value = fault.code === undefined || fault.takesEffect
        ? await method(...args)
        : undefined;
      if (fault.code === undefined) return value;
      throw Object.assign(new Error(`${call} was made to fail`), { code: fault.code });
    };
  }
}
