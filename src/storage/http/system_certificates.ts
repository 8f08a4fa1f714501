/** Where Debian, Red Hat, SUSE and Alpine keep the certificates that the host trusts. */
const BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

let read: Promise<readonly string[]> | undefined;

/**
 * The certificates the host trusts, in PEM, besides those Deno brings along; read once. Deno would look at
 * them by itself only if an environment variable told it to.
 */
export function systemCertificates(): Promise<readonly string[]> {
  read ??= firstBundle(BUNDLES);
  return read;
}

/** The first of these files that is there, as a list of one; an empty list if there is none. */
export async function firstBundle(paths: readonly string[]): Promise<readonly string[]> {
  for (const path of paths) {
    try {
      return [await Deno.readTextFile(path)];
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return [];
}
