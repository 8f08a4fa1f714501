import type { Configuration } from "../../config/configuration.ts";
import type { LeaderInformation } from "../../election/leadership.ts";
import type { EntryVersion } from "../../state/entry.ts";
import type { StateReader } from "../../state/state_reader.ts";

/** The state of a cluster and its leader, as commands see them from outside. */
export interface StateAccess extends AsyncDisposable {
  readonly configuration: Configuration;
  /** Aborts, with a StateError, when the connection to ZooKeeper has been away for too long. */
  readonly lost: AbortSignal;
  /** Reads entries past the leader; sees all that was acknowledged before. Opens the storage. */
  reader(options: { signal: AbortSignal }): Promise<StateReader>;
  /**
   * The versions of an entry, newest first; none if there is no such entry. Sees all that was
   * acknowledged before, and needs no storage.
   * @throws {StateError} `broken` | `unavailable`
   */
  versions(name: string, options: { signal: AbortSignal }): Promise<readonly EntryVersion[]>;
  /** The leader now and each other one; undefined while none is known. */
  leaders(options: { signal: AbortSignal }): AsyncIterable<LeaderInformation | undefined>;
}
