import { join } from "node:path";

/** Where the pictures of the pages are left for who wants to look at them. */
export async function pictureFolder(): Promise<string> {
  const folder = join(Deno.env.get("TMPDIR") ?? "/tmp", "masterd-dashboard");
  await Deno.mkdir(folder, { recursive: true });
  return folder;
}
