import assert from "node:assert/strict";
import type { FileRequest } from "../../../../src/storage/file/file_program.ts";
import { SystemFiles } from "../../../../src/storage/file/system_files.ts";
import { TestFolder } from "../../daemon/test_folder.ts";

/** Workers that answer nothing, in place of real ones. */
class SilentWorker extends EventTarget {
  static readonly all: SilentWorker[] = [];
  readonly requests: FileRequest[] = [];
  isTerminated = false;
  onerror: ((event: ErrorEvent) => void) | undefined;

  constructor() {
    super();
    SilentWorker.all.push(this);
  }

  postMessage(request: FileRequest): void {
    this.requests.push(request);
  }

  terminate(): void {
    this.isTerminated = true;
  }
}

Deno.test("a worker that ends fails what it was asked, and the next call gets another one", async () => {
  const { Worker } = globalThis;
  globalThis.Worker = SilentWorker as unknown as typeof Worker;
  try {
    using files = new SystemFiles();
    const first = files.flush("a");
    const event = new ErrorEvent("error", { message: "out of luck", cancelable: true });
    SilentWorker.all[0]!.onerror!(event);
    assert.ok(event.defaultPrevented, "the process would end");
    await assert.rejects(first, { code: "ECANCELED", message: /out of luck/ });
    const second = files.flush("b");
    files[Symbol.dispose]();
    await assert.rejects(second, { code: "ECANCELED", message: "The storage was closed" });
    assert.deepEqual(SilentWorker.all.map(({ isTerminated }) => isTerminated), [true, true]);
    assert.throws(() => files.flush("c"), { message: "The storage was closed" });
  } finally {
    globalThis.Worker = Worker;
  }
});

Deno.test("calls of a file that is closed fail, whoever closed it", async () => {
  await using folder = await TestFolder.create();
  using files = new SystemFiles();
  const file = await files.create(folder.path("a"), new Uint8Array(3));
  await files.seal(file);
  await files.close(file);
  for (const call of ["flush", "seal", "read"] as const) {
    await assert.rejects(files[call](file), { code: "EBADF" });
  }
  await assert.rejects(files.create(folder.path("a"), new Uint8Array(3)), { code: "EEXIST" });
});

Deno.test("a part of a file says whether there is more", async () => {
  await using folder = await TestFolder.create();
  using files = new SystemFiles();
  for (const length of [0, 1, 65_535, 65_536, 65_537, 327_680, 327_681]) {
    const path = folder.path(String(length));
    await Deno.writeFile(path, new Uint8Array(length).fill(7));
    const first = await files.open(path);
    assert.equal(first.bytes.length, Math.min(length, 65_536));
    assert.equal(first.file === undefined, length < 65_536);
    let sum = first.bytes.length;
    for (let { file } = first; file !== undefined;) {
      const part = await files.read(file);
      sum += part.bytes.length;
      file = part.file;
    }
    assert.equal(sum, length);
  }
});
