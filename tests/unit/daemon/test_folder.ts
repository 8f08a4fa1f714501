import { join } from "node:path";

/** A folder that goes with the test. */
export class TestFolder implements AsyncDisposable {
  readonly #root: string;

  private constructor(root: string) {
    this.#root = root;
  }

  static async create(): Promise<TestFolder> {
    return new TestFolder(await Deno.makeTempDir({ prefix: "masterd_test_" }));
  }

  path(...names: string[]): string {
    return join(this.#root, ...names);
  }

  /** What lies in it, sorted. */
  async names(): Promise<string[]> {
    return (await Array.fromAsync(Deno.readDir(this.#root))).map(({ name }) => name).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#root, { recursive: true });
  }
}
