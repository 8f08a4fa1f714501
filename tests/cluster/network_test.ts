import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { TestProcess } from "../support/process.ts";
import { until } from "../support/until.ts";
import type { Host } from "./host.ts";
import { rights, whyNot } from "./namespaces.ts";
import { Network } from "./network.ts";

const SSH = "ssh -o BatchMode=yes -o ConnectTimeout=1";
const STARTER = new URL("start_network.ts", import.meta.url).pathname;

Deno.test({
  name: `hosts reach each other over ssh, by name and by address${whyNot}`,
  ignore: !rights,
  async fn() {
    await using network = await Network.start({ hosts: 3 });
    for (const address of ["host2", ...network.host(2).addresses, "host1"]) {
      const { code, lines, errors } = await network.host(1).run(`${SSH} ${address} hostname`);
      assert.deepEqual([code, errors], [0, ""]);
      assert.deepEqual(lines, [address === "host1" ? "host1" : "host2"]);
    }
  },
});

Deno.test({
  name: `a host sees neither the network, the processes nor the files of another${whyNot}`,
  ignore: !rights,
  async fn() {
    await using network = await Network.start({ hosts: 2 });
    const [first, second] = network.hosts as [Host, Host];
    await first.run("touch /tmp/file /run/file /opt/file ~/file; sleep 600 >/dev/null 2>&1 &");
    await until(() => first.run("pgrep sleep"), ({ code }) => code === 0);
    assert.deepEqual((await second.run("pgrep sleep")).lines, []);
    assert.deepEqual((await second.run("ls /tmp/file /run/file /opt/file ~/file")).lines, []);
    const { lines } = await second.run("ip -o address | awk '{ print $2 }' | sort -u");
    assert.deepEqual(lines, ["eth0", "lo"]);
  },
});

Deno.test({
  name: `a host is silent while it is unplugged, mute or dead, and answers afterwards${whyNot}`,
  ignore: !rights,
  async fn() {
    await using network = await Network.start({ hosts: 3 });
    const [first, second, third] = network.hosts as [Host, Host, Host];
    const isSilent = async (address: string) =>
      (await first.run(`${SSH} ${address} true`)).code !== 0;
    await second.unplug();
    assert.ok(await isSilent("host2"));
    await second.plug();
    await first.reaches(second);

    await network.lose(second, [first]);
    for (const address of second.addresses) assert.ok(await isSilent(address));
    await third.reaches(second);
    await network.heal(second);
    await first.reaches(second);

    await second.run("touch /opt/stays /tmp/goes");
    await second.kill();
    assert.ok(await isSilent("host2"));
    await second.boot();
    await first.reaches(second);
    assert.deepEqual((await second.run("ls -d /opt/* /tmp/goes")).lines, ["/opt/stays"]);
  },
});

Deno.test({
  name: `nothing of a network outlives a test that is killed${whyNot}`,
  ignore: !rights,
  async fn() {
    await using process = TestProcess.start(Deno.execPath(), {
      args: ["run", "--no-check", "--allow-all", STARTER],
    });
    const { text: folder } = await process.waitForLine((line) => line.startsWith("/"));
    assert.ok((await processesOf(folder)).length > 0);
    process.signal("SIGKILL");
    await until(() => processesOf(folder), (pids) => pids.length === 0);
    await until(() => Deno.stat(folder).then(() => true, () => false), (isThere) => !isThere);
  },
});

/** The processes that have this folder among their words or their mounts. */
async function processesOf(folder: string): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const texts = await Promise.all(
    pids.map(async (pid) => {
      const files = ["cmdline", "mounts"].map((name) =>
        readFile(`/proc/${pid}/${name}`, "utf8").catch(() => "")
      );
      return (await Promise.all(files)).join("");
    }),
  );
  return pids.filter((_, index) => texts[index]!.includes(folder));
}
