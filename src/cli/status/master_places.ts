import {
  formatHost,
  formatHostPort,
  type HostPort,
  parseHostPort,
} from "../../config/host_port.ts";
import type { LeaderAddress } from "../../election/leadership.ts";
import type { ExpectedMaster } from "./expected_cluster.ts";

/** Where a master is looked for. */
export interface MasterPlace {
  /** The line of conf/masters, if one stands for it. */
  expected: ExpectedMaster | undefined;
  host: string;
  /** The ports at which it may answer; none: nobody knows. */
  ports: readonly number[];
  isRegistered: boolean;
}

/**
 * Where to look: for each line of conf/masters, in their order, and then for each other that is
 * registered or published. A line whose port is not fixed takes what is registered of its host.
 */
export function masterPlaces(
  expected: readonly ExpectedMaster[],
  known: { registered: readonly HostPort[]; leader: HostPort | undefined },
): MasterPlace[] {
  const left = new Map(known.registered.map((place) => [keyOf(place), place]));
  const isFixed = ({ ports }: ExpectedMaster) => ports.length === 1;
  const take = (place: HostPort) => left.delete(keyOf(place));
  const fixed = new Map(
    expected.filter(isFixed).map((master): [ExpectedMaster, MasterPlace] => {
      const { host, ports } = master;
      const isRegistered = take({ host, port: ports[0]! });
      return [master, { expected: master, host, ports, isRegistered }];
    }),
  );
  const places = expected.map((master) => {
    const place = fixed.get(master);
    if (place !== undefined) return place;
    const found = [...left.values()].find(({ host }) => isSameName(host, master.host));
    if (found !== undefined) take(found);
    const ports = found === undefined ? master.ports : [found.port];
    return { expected: master, host: master.host, ports, isRegistered: found !== undefined };
  });
  return [...places, ...otherPlaces([...left.values()], places, known.leader)];
}

function otherPlaces(
  registered: readonly HostPort[],
  places: readonly MasterPlace[],
  leader: HostPort | undefined,
): MasterPlace[] {
  const others = registered.map((place) => otherPlace(place, true));
  if (leader === undefined) return others;
  const isKnown = [...places, ...others].some((place) => isAt(place, leader));
  return isKnown ? others : [...others, otherPlace(leader, false)];
}

function otherPlace({ host, port }: HostPort, isRegistered: boolean): MasterPlace {
  return { expected: undefined, host, ports: [port], isRegistered };
}

/** Whether that is where the place is looked for. */
export function isAt({ host, ports }: MasterPlace, place: HostPort): boolean {
  return isSameName(host, place.host) && ports.includes(place.port);
}

/** What masters call themselves, as far as it is a place. */
export function parsePlaces(participants: readonly string[]): HostPort[] {
  return participants.flatMap((participant) => {
    try {
      const place = parseHostPort(participant);
      return place.port === 0 ? [] : [place];
    } catch {
      return []; // another party wrote it
    }
  });
}

/** Where a leader is published, as far as it is a place: another party may have written it. */
export function leaderPlace(
  details: Pick<LeaderAddress, "host" | "webuiPort"> | undefined,
): HostPort | undefined {
  if (details === undefined) return undefined;
  return parsePlaces([formatHostPort({ host: details.host, port: details.webuiPort })])[0];
}

function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function keyOf({ host, port }: HostPort): string {
  return `${formatHost(host.toLowerCase())}:${port}`;
}
