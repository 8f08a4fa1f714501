import { rights, success } from "./namespaces.ts";

/** What a host is known by. */
export interface Identity {
  number: number;
  name: string;
  /** IPv4, then IPv6. */
  addresses: readonly [string, string];
}

const PASSWD = `root:x:0:0::/home:/bin/bash
user:x:1000:1000::/home:/bin/bash
sshd:x:102:65534::/run/sshd:/usr/sbin/nologin
nobody:x:65534:65534::/:/usr/sbin/nologin
`;
const GROUP = "root:x:0:\nuser:x:1000:\nnogroup:x:65534:\n";
const SSHD_CONFIG = `Port 22
HostKey /home/host_key
AuthorizedKeysFile /home/.ssh/authorized_keys
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
MaxStartups 100
`;

/** Writes what each host's /home and /etc hold: names, keys, who is known to whom. */
export async function makeIdentities(
  folder: string,
  numbers: readonly number[],
): Promise<Identity[]> {
  const identities = numbers.map(identityOf);
  await makeKey(`${folder}/id_ed25519`);
  for (const { name } of identities) {
    for (const part of ["root", "etc", "opt", "home/.ssh"]) {
      await Deno.mkdir(`${folder}/${name}/${part}`, { recursive: true });
    }
  }
  await Promise.all(identities.map(({ name }) => makeKey(`${folder}/${name}/home/host_key`)));
  const known = await Promise.all(
    identities.map(async ({ name, addresses }) => {
      const key = await Deno.readTextFile(`${folder}/${name}/home/host_key.pub`);
      return `${[name, ...addresses].join(",")} ${key}`;
    }),
  );
  for (const identity of identities) await equip(folder, identity, identities, known.join(""));
  return identities;
}

/** Makes a new pair of keys in the place of an old one. */
export async function makeKey(path: string): Promise<void> {
  const words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path];
  await success(words, { input: "y\n" });
}

function identityOf(number: number): Identity {
  return { number, name: `host${number}`, addresses: [`10.77.0.${number}`, `fd77::${number}`] };
}

async function equip(
  folder: string,
  { name }: Identity,
  all: readonly Identity[],
  knownHosts: string,
): Promise<void> {
  const host = `${folder}/${name}`;
  const key = await Deno.readTextFile(`${folder}/id_ed25519.pub`);
  const names = all.flatMap((other) =>
    other.addresses.map((address) => `${address} ${other.name}\n`)
  );
  const files: Record<string, string> = {
    "etc/passwd": PASSWD,
    "etc/group": GROUP,
    "etc/shadow": "root:*:1::::::\n",
    "etc/hosts": `127.0.0.1 localhost\n::1 localhost\n${names.join("")}`,
    "etc/nsswitch.conf": "hosts: files\n",
    "home/hostname": name,
    "home/sshd_config": SSHD_CONFIG,
    "home/.profile": profile(),
    "home/.ssh/authorized_keys": key,
    "home/.ssh/known_hosts": knownHosts,
  };
  for (const [path, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${host}/${path}`, text);
  }
  await Deno.copyFile(`${folder}/id_ed25519`, `${host}/home/.ssh/id_ed25519`);
  await Deno.chmod(`${host}/home/.ssh/id_ed25519`, 0o600);
}

// What a login on these hosts sets; a server of ZooKeeper starts quicker with it.
function profile(): string {
  const names = ["JAVA_HOME", "ZOOKEEPER_HOME"].filter((name) => Deno.env.get(name));
  const lines = names.map((name) => `export ${name}='${Deno.env.get(name)}'\n`);
  return `export JVMFLAGS="-XX:TieredStopAtLevel=1 -Xshare:auto"\n${lines.join("")}`;
}

/** Who uses the hosts; the same on all of them. */
export const userName = rights?.user ?? "user";
