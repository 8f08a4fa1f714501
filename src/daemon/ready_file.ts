/**
 * Tells who started this process that it serves: one line, complete as soon as it can be seen.
 */
export async function writeReadyFile(path: string, line: string): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID()}`;
  await Deno.writeTextFile(temporary, `${line}\n`, { createNew: true });
  await Deno.rename(temporary, path);
}
