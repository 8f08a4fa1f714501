import type { Configuration } from "../../config/configuration.ts";
import type { HostFacts, MasterFacts } from "../../daemon/doctor/facts.ts";

type Ports = Pick<Configuration, "highAvailability" | "jobmanager" | "rest">;

/**
 * Ports of the web UI that others hold, of masters that should run on this host and do not. One that is
 * registered is there, and may hold its port itself, however little it says.
 */
export function takenPorts(
  { rest }: Ports,
  missing: readonly MasterFacts[],
): HostFacts["takenPorts"] {
  if (rest.bindPort !== undefined) return [];
  return missing.filter(({ isRegistered }) => !isRegistered).flatMap(({ name }) => {
    const port = Number(/:(\d+)$/.exec(name)?.[1] ?? 0);
    return port === 0 || isFree(port, rest.bindAddress) ? [] : [{ master: name, port }];
  });
}

/** Ranges that have fewer free ports than masters which should run here, and do not, would need. */
export function fullRanges(
  { highAvailability: { mode, jobmanagerPort }, jobmanager, rest }: Ports,
  needed: number,
): HostFacts["fullRanges"] {
  if (needed === 0) return [];
  const rpc = mode.kind === "none"
    ? { key: "jobmanager.rpc.port", range: String(jobmanager.rpcPort), ports: [jobmanager.rpcPort] }
    : {
      key: "high-availability.jobmanager.port",
      range: jobmanagerPort.text,
      ports: jobmanagerPort.ports(),
    };
  const ranges = [
    { ...rpc, host: jobmanager.bindHost },
    ...(rest.bindPort === undefined ? [] : [{
      key: "rest.bind-port",
      range: rest.bindPort.text,
      ports: rest.bindPort.ports(),
      host: rest.bindAddress,
    }]),
  ];
  return ranges.flatMap(({ key, range, ports, host }) => {
    const free = countFree(ports, { needed, host });
    return free >= needed ? [] : [{ key, range, needed, free }];
  });
}

/** Counts no further than is needed. */
function countFree(
  ports: Iterable<number>,
  { needed, host }: { needed: number; host: string | undefined },
): number {
  let free = 0;
  for (const port of ports) {
    if (port === 0) return needed;
    if (isFree(port, host)) free += 1;
    if (free === needed) break;
  }
  return free;
}

/** Whether a server could have the port just now: it is taken for a moment, and given back. */
function isFree(port: number, hostname = "0.0.0.0"): boolean {
  try {
    Deno.listen({ hostname, port }).close();
    return true;
  } catch (error) {
    // What this user may not bind, or what is no address here, the master may.
    return !(error instanceof Deno.errors.AddrInUse);
  }
}
