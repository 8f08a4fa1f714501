import { join } from "node:path";

/** Runs the test with a configuration folder `conf` that holds these files, and removes it again. */
export async function withConfDir(
  files: Readonly<Record<string, string>>,
  test: (confDir: string) => Promise<void>,
): Promise<void> {
  const homeDir = await Deno.makeTempDir({ prefix: "masterd-config-" });
  try {
    const confDir = join(homeDir, "conf");
    await Deno.mkdir(confDir);
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(join(confDir, name), text);
    }
    await test(confDir);
  } finally {
    await Deno.remove(homeDir, { recursive: true });
  }
}
