export { fromFileUrl };

const root = new URL("../../../", import.meta.url);

/** The program as it lies in the source tree. */
export const main = new URL("main.ts", root);

/** The permissions that the built program has. */
export const permissions: readonly string[] = readPermissions();

function readPermissions(): string[] {
  const script = fromFileUrl(new URL("tools/permissions.sh", root));
  const { code, stdout, stderr } = new Deno.Command(script).outputSync();
  if (code !== 0) throw new Error(`Cannot read the permissions: ${decode(stderr)}`);
  return decode(stdout).trim().split("\n");
}

function fromFileUrl(url: URL): string {
  return decodeURIComponent(url.pathname);
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
