import { join } from "node:path";

/** A folder with Hadoop's configuration files, removed at the end. */
export class ConfFolder implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Each file is the text between `<configuration>` and its end, or properties. */
  static async with(
    files: Readonly<Record<string, string | Readonly<Record<string, string>>>>,
  ): Promise<ConfFolder> {
    const folder = new ConfFolder(await Deno.makeTempDir({ prefix: "masterd-hadoop-conf-" }));
    for (const [name, content] of Object.entries(files)) {
      const inside = typeof content === "string" ? content : properties(content);
      await folder.write(
        name,
        `<?xml version="1.0"?>\n<configuration>\n${inside}\n</configuration>`,
      );
    }
    return folder;
  }

  async write(name: string, text: string): Promise<void> {
    await Deno.writeTextFile(join(this.path, name), text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

export function properties(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `<property><name>${name}</name><value>${value}</value></property>`)
    .join("\n");
}
