import assert from "node:assert/strict";
import { fullDisks, parseDiskSpace } from "../../../../src/cli/doctor/disk_space.ts";

const OUTPUT = `Filesystem     1024-blocks     Used Available Capacity Mounted on
/dev/sda1         41153856 39000000     63000     99% /
/dev/sda1         41153856 39000000     63000     99% /
nas:/a b              1024      512       512     50% /mnt/some where
tmpfs                    -        -         -      -  /none
`;

Deno.test("parseDiskSpace() reads each file system once, whatever its name", () => {
  assert.deepEqual(parseDiskSpace(OUTPUT), [
    { path: "/", freeMiB: 61 },
    { path: "/mnt/some where", freeMiB: 0 },
  ]);
  assert.deepEqual(parseDiskSpace(""), []);
});

Deno.test("fullDisks() takes what is there of a path", async () => {
  const { signal } = new AbortController();
  const disks = await fullDisks(["/does/not/exist", "/proc/self"], { signal });
  // /proc has no space at all.
  assert.deepEqual(disks.filter(({ path }) => path === "/proc"), [{ path: "/proc", freeMiB: 0 }]);
});
