import { invalidValue } from "./config_error.ts";
import { formatHostPort, type HostPort, parseHostPort } from "./host_port.ts";
import { parseZnodePath } from "./znode_path.ts";

/** The addresses of a ZooKeeper ensemble. */
export interface Quorum {
  /** The connect string in its full form, `host:port,host:port/chroot`, without blanks. */
  readonly connectString: string;
  readonly servers: readonly HostPort[];
}

const CLIENT_PORT = 2181;

/** Reads a ZooKeeper connect string; the port may be left out, the chroot stands once, at the end. */
export function parseQuorum(text: string): Quorum {
  const { addresses, chroot } = cutChroot(text.replace(/\s+/g, ""));
  const servers = addresses.split(",").filter((address) => address !== "")
    .map((address) => parseServer(address));
  if (servers.length === 0) {
    throw invalidValue(
      text,
      `${JSON.stringify(text)} names no ZooKeeper server; write host:port,host:port`,
    );
  }
  return { connectString: servers.map(formatHostPort).join(",") + chroot, servers };
}

function cutChroot(text: string): { addresses: string; chroot: string } {
  const slash = text.indexOf("/");
  if (slash === -1) return { addresses: text, chroot: "" };
  const chroot = text.slice(slash);
  if (chroot.includes(",") || chroot.startsWith("//")) {
    throw invalidValue(
      text,
      `${
        JSON.stringify(text)
      } has more than one "/" part; write the chroot once, at the end: host:port,host:port/chroot`,
    );
  }
  const path = parseZnodePath(chroot);
  return { addresses: text.slice(0, slash), chroot: path === "/" ? "" : path };
}

function parseServer(address: string): HostPort {
  const server = parseHostPort(address, { defaultPort: CLIENT_PORT });
  if (server.port > 0) return server;
  throw invalidValue(
    address,
    `${JSON.stringify(address)} has port 0; write the server's client port`,
  );
}
