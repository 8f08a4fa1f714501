import assert from "node:assert/strict";
import { LatestValue } from "../../../src/async/latest_value.ts";
import {
  type FollowedValues,
  type MasterObserver,
  observeTogether,
} from "../../../src/daemon/master_observer.ts";
import type { Leadership } from "../../../src/election/leadership.ts";
import { recordedLog } from "./fakes.ts";

const VALUES: FollowedValues = {
  leader: new LatestValue(undefined),
  connection: new LatestValue({ kind: "none" }),
};

Deno.test("observeTogether() tells all, whatever goes wrong in one of them, and logs that", () => {
  const told: string[] = [];
  const broken: MasterObserver = {
    found: () => {
      throw new Error("no room");
    },
    follow: () => Promise.resolve(),
  };
  const sound: MasterObserver = {
    found: () => told.push("found"),
    follow: () => Promise.resolve(),
  };
  const log = recordedLog();
  observeTogether([broken, sound], log.logger).found({} as Leadership);
  assert.deepEqual(told, ["found"]);
  assert.match(log.lines.join("\n"), /ERROR .*cannot be told error=.*no room/);
});

Deno.test("observeTogether() follows on with the others when one fails or ends, until the signal aborts", async () => {
  const end = new AbortController();
  const ended: string[] = [];
  const observer = (name: string, follow: MasterObserver["follow"]): MasterObserver => ({
    found: () => {},
    follow: (values, signal) => follow(values, signal).finally(() => ended.push(name)),
  });
  const waiting = observer(
    "waiting",
    (_, signal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve())),
  );
  const log = recordedLog();
  const all = observeTogether([
    observer("failing", () => Promise.reject(new Error("no room"))),
    observer("ending", () => Promise.resolve()),
    waiting,
  ], log.logger);
  const following = all.follow(VALUES, end.signal);
  await log.line(/no room/);
  assert.deepEqual(ended.sort(), ["ending", "failing"]);
  end.abort();
  await following;
  assert.deepEqual(ended.sort(), ["ending", "failing", "waiting"]);
});
