import { makeKey } from "./identities.ts";
import type { Cluster } from "./cluster.ts";
import type { Host } from "./host.ts";
import { writeProgram } from "./installation.ts";

/** What may be wrong with a host when the cluster is started. */
export interface Trouble {
  title: string;
  /** What the summary says of the host. */
  says: RegExp;
  /** `operator` is the host on which the scripts are called. */
  begin(cluster: Cluster, host: Host, operator: Host): Promise<void>;
  end(cluster: Cluster, host: Host, operator: Host): Promise<void>;
}

const KNOWN = "/home/.ssh/known_hosts";
const AUTHORIZED = "/home/.ssh/authorized_keys";

/** Each by itself on a host of its own. */
export const TROUBLES: readonly Trouble[] = [
  {
    title: "no power",
    says: /connection timed out|unreachable/,
    begin: (_cluster, host) => host.kill(),
    end: async (_cluster, host, operator) => {
      await host.boot();
      await operator.reaches(host);
    },
  },
  {
    title: "a changed host key",
    says: /changed host key/,
    begin: (_cluster, host, operator) =>
      knowAnew(operator, host, `${operator.path("/home")}/other`),
    end: (_cluster, host, operator) => knowAnew(operator, host, host.path("/home/host_key")),
  },
  {
    title: "an unknown host key",
    says: /unknown host key/,
    begin: (_cluster, host, operator) => forget(operator, host),
    end: (_cluster, host, operator) => knowAnew(operator, host, host.path("/home/host_key")),
  },
  {
    title: "a key that it does not accept",
    says: /no key that it accepts/,
    begin: (_cluster, host) => Deno.rename(host.path(AUTHORIZED), host.path(`${AUTHORIZED}.away`)),
    end: (_cluster, host) => Deno.rename(host.path(`${AUTHORIZED}.away`), host.path(AUTHORIZED)),
  },
  {
    title: "no installation",
    says: /no installation in \/opt\/master daemon/,
    begin: ({ home }, host) => Deno.rename(host.path(home), `${host.path(home)}.away`),
    end: ({ home }, host) => Deno.rename(`${host.path(home)}.away`, host.path(home)),
  },
  {
    title: "no binary",
    says: /No masterd binary/,
    begin: ({ home }, host) => Deno.remove(`${host.path(home)}/masterd`),
    end: ({ home }, host) => writeProgram(host, home),
  },
  {
    title: "another version",
    says:
      /is version 9\.9\.9, but the cluster is started with version 0\.1\.0: bin\/deploy-cluster\.sh/,
    begin: ({ home }, host) => writeProgram(host, home, "9.9.9"),
    end: ({ home }, host) => writeProgram(host, home),
  },
  {
    title: "a full disk",
    says: /No space left on device/,
    begin: (cluster, host) => fillDisk(host, `${cluster.home}/run`),
    end: (cluster, host) => host.root("umount", `${cluster.home}/run`),
  },
];

async function forget(operator: Host, host: Host): Promise<void> {
  const text = await Deno.readTextFile(operator.path(KNOWN));
  const others = text.split("\n").filter((line) => !line.startsWith(`${host.name},`));
  await Deno.writeTextFile(operator.path(KNOWN), others.join("\n"));
}

/** Makes the operator believe that this is the key of the host; a new one if there is none. */
async function knowAnew(operator: Host, host: Host, keyFile: string): Promise<void> {
  await forget(operator, host);
  if (!await Deno.stat(keyFile).then(() => true, () => false)) await makeKey(keyFile);
  const key = await Deno.readTextFile(`${keyFile}.pub`);
  const line = `${[host.name, ...host.addresses].join(",")} ${key}`;
  await Deno.writeTextFile(operator.path(KNOWN), line, { append: true });
}

async function fillDisk(host: Host, folder: string): Promise<void> {
  await Deno.mkdir(host.path(folder), { recursive: true });
  await host.root("mount", "-t", "tmpfs", "-o", "size=4k,mode=0777", "tmpfs", folder);
  await host.run(`yes > '${folder}/filler' 2>/dev/null || true`);
}
