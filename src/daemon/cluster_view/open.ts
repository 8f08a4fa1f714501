import { LatestValue } from "../../async/latest_value.ts";
import type { Configuration } from "../../config/configuration.ts";
import type { Pause } from "../../election/pause.ts";
import type { ClusterCalls } from "../../http/cluster_routes.ts";
import { EventHub } from "../../http/events_hub.ts";
import type { Role, StateStatus } from "../../http/status.ts";
import type { Logger } from "../../log/logger.ts";
import { Chronicle } from "../journal/chronicle.ts";
import { Journal } from "../journal/journal.ts";
import { type MasterObserver, observeTogether } from "../master_observer.ts";
import { ClusterView, type ClusterViewOptions } from "./cluster_view.ts";
import { Interest } from "./interest.ts";

export interface ClusterWatchOptions
  extends Pick<ClusterViewOptions, "own" | "configured" | "takesSwitchovers"> {
  configuration: Pick<Configuration, "highAvailability" | "zookeeper">;
  role: () => Role;
  logger: Logger;
}

/** What a master sees, remembers and tells of its cluster. */
export interface ClusterWatch extends AsyncDisposable {
  readonly observer: MasterObserver;
  readonly calls: ClusterCalls;
  /** What a leader knows of the state that it keeps. */
  stateKnown(state: StateStatus): void;
}

/** Opens it for one master; without ZooKeeper, none of the code for it is loaded. */
export async function openClusterWatch(options: ClusterWatchOptions): Promise<ClusterWatch> {
  const { own, configured, takesSwitchovers, role, logger } = options;
  const journal = new Journal();
  const pause = new LatestValue<Pause | undefined>(undefined);
  const hub: EventHub = new EventHub({ journal, onOpen: () => streamOpened() });
  const interest = new Interest({ streams: () => hub.size });
  const election = await watchElection(options, { pause, interest });
  const picture = election?.watch.picture;
  const view = new ClusterView({
    own,
    configured,
    takesSwitchovers,
    picture,
    pause,
    hub,
    interest,
    logger,
  });
  const streamOpened = () => {
    interest.asked();
    view.changed();
  };
  journal.onNote(() => view.changed());
  const chronicle = new Chronicle({ journal, role, pause });
  const others = election === undefined ? [] : [election.watch, election.recorder];
  return {
    observer: observeTogether([chronicle, ...others, view], logger),
    calls: { document: () => view.document(), events: hub },
    stateKnown: (state) => chronicle.stateKnown(state),
    async [Symbol.asyncDispose]() {
      // Also where nothing was followed yet: an open stream would keep the server from closing.
      hub[Symbol.dispose]();
      election?.watch[Symbol.dispose]();
      await election?.recorder[Symbol.asyncDispose]();
    },
  };
}

async function watchElection(
  { configuration, own, logger }: ClusterWatchOptions,
  { pause, interest: { wanted } }: { pause: LatestValue<Pause | undefined>; interest: Interest },
) {
  const { highAvailability: { mode }, zookeeper } = configuration;
  if (mode.kind !== "zookeeper") return undefined;
  const { electionLayout } = await import("../../election/layout.ts");
  const { nodeAcl } = await import("../high_availability/zookeeper_access.ts");
  const { ElectionWatch } = await import("./election_watch.ts");
  const { LeadershipRecorder } = await import("../journal/leadership_recorder.ts");
  const layout = electionLayout(zookeeper.namespace);
  return {
    watch: new ElectionWatch({ layout, pause, wanted, logger }),
    recorder: new LeadershipRecorder({
      path: layout.history,
      acl: nodeAcl(zookeeper),
      node: () => own().status.node,
      logger,
    }),
  };
}
