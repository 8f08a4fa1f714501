import { delay } from "../../src/async/delay.ts";
import type { ProxyMode, TcpProxy } from "../support/tcp_proxy.ts";
import type { ZooKeeperServer } from "../support/zookeeper_server.ts";
import type { Master } from "./master.ts";
import { signalProcess } from "./process_tree.ts";

/** Something that goes wrong, and can be put right again. */
export interface Fault {
  readonly name: string;
  begin(): Promise<void>;
  end(): Promise<void>;
}

const DARKNESS = {
  "drop": "dark link",
  "hold-requests": "requests held",
  "hold-replies": "replies held",
};

const { signal } = new AbortController();

/** The daemon dies at once; its guard lives. */
export function crash(master: Master): Fault {
  return {
    name: "kill -9 of the daemon",
    begin: () => Promise.resolve(master.process.signal("SIGKILL")),
    end: () => master.restart(),
  };
}

/** Daemon and guards die at once. */
export function crashWithGuards(master: Master): Fault {
  return {
    name: "kill -9 of daemon and guard",
    begin: () => {
      const { guards, process } = master;
      // Stopped first, so that the daemon cannot answer the death of its guard.
      process.signal("SIGSTOP");
      for (const guard of guards) signalProcess(guard, "SIGKILL");
      process.signal("SIGKILL");
      return Promise.resolve();
    },
    end: () => master.restart(),
  };
}

/** The daemon is told to stop. */
export function terminate(master: Master): Fault {
  return {
    name: "SIGTERM to the daemon",
    begin: () => Promise.resolve(master.process.signal("SIGTERM")),
    end: () => master.restart(),
  };
}

/** The daemon does nothing for a while. */
export function freeze(master: Master): Fault {
  return {
    name: "SIGSTOP of the daemon",
    begin: () => Promise.resolve(master.process.signal("SIGSTOP")),
    end: () => Promise.resolve(master.process.signal("SIGCONT")),
  };
}

/** Daemon and guards do nothing for a while, but the command goes on: no timer can help here. */
export function freezeWithGuards(master: Master): Fault {
  let frozen: number[] = [];
  const all = (signal: Deno.Signal) => {
    for (const pid of frozen) signalProcess(pid, signal);
    return Promise.resolve();
  };
  return {
    name: "SIGSTOP of daemon and guard",
    begin: () => {
      frozen = [master.process.pid, ...master.guards];
      return all("SIGSTOP");
    },
    end: () => all("SIGCONT"),
  };
}

/** The ways from the master to all servers swallow what is sent. */
export function darkLink(master: Master, mode: Exclude<ProxyMode, "pass" | "refuse">): Fault {
  return {
    name: DARKNESS[mode],
    begin: () => master.setLinks(mode),
    end: () => master.setLinks("pass"),
  };
}

/** All connections are closed, and new ones are accepted and never answered. */
export function halfOpen(master: Master): Fault {
  return {
    name: "half-open connects",
    begin: async () => {
      await master.setLinks("drop");
      master.cutLinks();
    },
    end: async () => {
      await master.setLinks("pass");
      // Those that were accepted in the dark stay as they are until somebody gives them up.
      master.cutLinks();
    },
  };
}

/** All connections are closed, and new ones are refused. */
export function refused(master: Master): Fault {
  return {
    name: "cut, then refused",
    begin: async () => {
      await master.setLinks("refuse");
      master.cutLinks();
    },
    end: () => master.setLinks("pass"),
  };
}

/**
 * Connections are reset while they hold bytes that nobody has read, and so are new ones until the end.
 */
export function reset(master: Master): Fault {
  const stop = new AbortController();
  let resetting = Promise.resolve();
  const resetAll = async () => {
    while (!stop.signal.aborted) {
      master.cutLinks();
      await delay(50, { signal: stop.signal }).catch(() => {});
    }
  };
  return {
    name: "reset",
    begin: async () => {
      await master.setLinks("drop");
      resetting = resetAll();
    },
    end: async () => {
      stop.abort();
      await resetting;
      master.cutLinks();
      await master.setLinks("pass");
    },
  };
}

/** The server follows its leader no more, and does not know it (trap T1); clients still reach it. */
export function darkQuorumLink(
  link: TcpProxy,
  mode: Exclude<ProxyMode, "pass" | "refuse"> = "drop",
): Fault {
  return {
    name: `follower's link: ${DARKNESS[mode]}`,
    begin: () => link.setMode(mode),
    end: () => link.setMode("pass"),
  };
}

/** A ZooKeeper server dies; it is brought back with its data. */
export function crashServer(server: ZooKeeperServer): Fault {
  return {
    name: "kill -9 of a ZooKeeper server",
    begin: () => server.kill(),
    end: () => server.restart(),
  };
}

/** A ZooKeeper server does nothing for a while. */
export function freezeServer(server: ZooKeeperServer): Fault {
  return {
    name: "SIGSTOP of a ZooKeeper server",
    begin: () => Promise.resolve(server.freeze()),
    end: () => Promise.resolve(server.thaw()),
  };
}

/** Runs the fault for a time. */
export async function during(fault: Fault, lengthMs: number): Promise<void> {
  await fault.begin();
  try {
    await delay(lengthMs, { signal });
  } finally {
    await fault.end();
  }
}
