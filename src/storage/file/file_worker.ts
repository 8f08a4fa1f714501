import { FileProgram, type FileReply, type FileRequest } from "./file_program.ts";
import type { FileCalls } from "./file_system.ts";

const URL_OF_PROGRAM = `data:text/javascript,${
  encodeURIComponent(`new (${FileProgram})(globalThis);`)
}`;

/** Why the worker can answer no more, for the calls that it leaves unanswered. */
const ENDED = "ECANCELED";

/** The thread that holds open files, from the outside. It costs some 15 MB. */
export class FileWorker implements Disposable {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #onEnd: () => void;
  #last = 0;

  /** `onEnd` is called if the worker ends by itself, which is a failure of the program or the host. */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
    this.#worker = new Worker(URL_OF_PROGRAM, { type: "module", name: "masterd-files" });
    this.#worker.onmessage = ({ data }: MessageEvent<FileReply>) => this.#settle(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#end(event.message);
    };
  }

  call<K extends keyof FileCalls>(
    call: K,
    ...args: Parameters<FileCalls[K]>
  ): ReturnType<FileCalls[K]> {
    this.#last += 1;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(this.#last, waiting);
    const request: FileRequest = { id: this.#last, call, args };
    this.#worker.postMessage(request);
    return waiting.promise as ReturnType<FileCalls[K]>;
  }

  /** Ends the thread, also if it hangs, and closes its files. */
  [Symbol.dispose](): void {
    this.#worker.terminate();
    this.#fail("The storage was closed");
  }

  #settle(reply: FileReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ("value" in reply) return waiting?.resolve(reply.value);
    waiting?.reject(Object.assign(new Error(), reply.failure));
  }

  #end(message: string): void {
    this.#worker.terminate();
    this.#onEnd();
    this.#fail(`The thread that holds open files ended: ${message}`);
  }

  #fail(message: string): void {
    for (const { reject } of this.#waiting.values()) {
      reject(Object.assign(new Error(message), { code: ENDED }));
    }
    this.#waiting.clear();
  }
}
