import { isFinal, untilAnswered, WakeUp, type ZooKeeper } from "zookeeper";
import type { LatestValue } from "../../async/latest_value.ts";
import { type Pause, readPause } from "../../election/pause.ts";

/** Keeps a value equal to the pause of failovers, if there is one, until the signal aborts. */
export async function watchPause(
  zk: ZooKeeper,
  { path, pause }: { path: string; pause: LatestValue<Pause | undefined> },
  signal: AbortSignal,
): Promise<void> {
  using wakeUp = new WakeUp(zk);
  const options = { watch: wakeUp.wake, signal };
  while (!signal.aborted) {
    wakeUp.reset();
    const found = await untilAnswered(() => readPause(zk, path, options), { signal });
    pause.set(unlessSame(pause.value, found));
    // Throws how the session ended: no watch of it will wake us any more.
    if (isFinal(zk.state)) await zk.connected({ signal });
    await wakeUp.next(signal);
  }
}

/** What was known before, if what was read says the same: then nothing has changed. */
function unlessSame(
  before: Pause | undefined,
  found: Pause & { id: string | undefined } | undefined,
): Pause | undefined {
  if (found === undefined) return undefined;
  const { since, by, reason } = found;
  const isSame = before?.since === since && before.by === by && before.reason === reason;
  return isSame ? before : { since, by, reason };
}
