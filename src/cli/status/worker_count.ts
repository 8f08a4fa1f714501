/** What is known of a host besides its name. */
export interface HostIdentity {
  /** Whether it is this machine. */
  isLocal: boolean;
  /** Those that no other host has; none if they are not known. */
  addresses: readonly string[];
}

/** The workers of one host of conf/workers. */
export interface HostWorkers {
  /** As conf/workers writes it first. */
  host: string;
  expected: number;
  registered: number;
  /** Other names under which some registered that are taken for workers of this host. */
  assumed: readonly string[];
}

export interface WorkerCount {
  hosts: readonly HostWorkers[];
  /** Names of hosts under which more workers registered, with their number. */
  others: ReadonlyMap<string, number>;
  registered: number;
}

interface Row {
  host: string;
  identity: HostIdentity;
  expected: number;
  registered: number;
  assumed: Set<string>;
}

/**
 * Counts workers by the hosts of conf/workers. A worker registers with the name that its host has for
 * itself, which need not be the one of conf/workers: where the names differ, the addresses tell; where
 * those are not known either, a worker of an unknown host is taken for one that is missing.
 */
export function countWorkers(
  expectedHosts: readonly string[],
  registeredHosts: readonly string[],
  identify: (host: string) => HostIdentity,
): WorkerCount {
  const rows = rowsOf(expectedHosts, identify);
  const index = indexOf(rows);
  const guests = new Map([...new Set(registeredHosts)].map((host) => {
    const identity = identify(host);
    const owners = soughtKeys(host, identity).flatMap((key) => index.get(key) ?? []);
    return [host, { host, identity, owners }];
  }));
  const strangers = registeredHosts.map((host) => guests.get(host)!)
    .filter(({ owners }) => !welcome(owners));
  const others = new Map<string, number>();
  for (const { host, identity } of strangers) {
    const row = rows.find((row) => isLacking(row) && mayBe(identity, row.identity));
    if (row === undefined) others.set(host, (others.get(host) ?? 0) + 1);
    else {
      row.registered += 1;
      row.assumed.add(host);
    }
  }
  const hosts = rows.map(({ host, expected, registered, assumed }) => (
    { host, expected, registered, assumed: [...assumed] }
  ));
  return { hosts, others, registered: registeredHosts.length };
}

/** Whether each host has all the workers that it should. */
export function isComplete({ hosts }: WorkerCount): boolean {
  return !hosts.some(isLacking);
}

function rowsOf(
  hosts: readonly string[],
  identify: (host: string) => HostIdentity,
): Row[] {
  const rows: Row[] = [];
  const byName = new Map<string, Row>();
  let local: Row | undefined;
  for (const host of hosts) {
    const name = host.toLowerCase();
    const identity = identify(host);
    const known = byName.get(name) ?? (identity.isLocal ? local : undefined);
    const row = known ?? { host, identity, expected: 0, registered: 0, assumed: new Set<string>() };
    if (known === undefined) rows.push(row);
    if (identity.isLocal) local = row;
    byName.set(name, row);
    row.expected += 1;
  }
  return rows;
}

function indexOf(rows: readonly Row[]): ReadonlyMap<string, Row[]> {
  const index = new Map<string, Row[]>();
  for (const row of rows) {
    for (const key of ownKeys(row)) index.set(key, [...index.get(key) ?? [], row]);
  }
  return index;
}

/** By what the workers of a host of conf/workers are known. */
function ownKeys({ host, identity }: Row): string[] {
  const label = firstLabel(host);
  return [...keysOf(host, identity), ...(label === undefined ? [] : [`label ${label}`])];
}

/** By what a worker finds its host, the surest first: a name may be short in one place, and long in another. */
function soughtKeys(host: string, identity: HostIdentity): string[] {
  const [name, ...others] = keysOf(host, identity);
  const label = firstLabel(host);
  const short = label === undefined ? `label ${host.toLowerCase()}` : `name ${label}`;
  return [name!, short, ...others];
}

function keysOf(host: string, { isLocal, addresses }: HostIdentity): string[] {
  const found = addresses.map((address) => `address ${address}`);
  return [`name ${host.toLowerCase()}`, ...(isLocal ? ["local"] : []), ...found];
}

/** `w3` of `w3.example.org`; none of a short name, or of an address. */
function firstLabel(host: string): string | undefined {
  const isAddress = /^[\d.]+$/.test(host) || host.includes(":");
  const end = host.indexOf(".");
  return isAddress || end < 1 ? undefined : host.slice(0, end).toLowerCase();
}

/** Counts a worker for one of its hosts, one that lacks some if there is any; false if it has none. */
function welcome(owners: readonly Row[]): boolean {
  const owner = owners.find(isLacking) ?? owners[0];
  if (owner !== undefined) owner.registered += 1;
  return owner !== undefined;
}

function isLacking({ expected, registered }: Pick<Row, "expected" | "registered">): boolean {
  return registered < expected;
}

/** Whether nothing says that they are different hosts. */
function mayBe(one: HostIdentity, other: HostIdentity): boolean {
  return one.addresses.length === 0 || other.addresses.length === 0;
}
