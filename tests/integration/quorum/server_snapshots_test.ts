import { TestFolder } from "../../unit/daemon/test_folder.ts";
import { TestQuorumServer } from "../../support/quorum_server.ts";
import { until } from "../../support/until.ts";
import { bytes, open } from "../zookeeper/clients.ts";

Deno.test("a server whose lives are all too short for a snapshot takes one all the same", async () => {
  await using folder = await TestFolder.create();
  const options = { folder: folder.path(), settings: { snapshotTransactions: 20 } };
  // Each life logs six transactions, a snapshot is due after 10 to 20.
  for (let life = 0; life < 4; life++) {
    await using server = await TestQuorumServer.start(options);
    await using zk = await open(server.address);
    for (let node = 0; node < 4; node++) await zk.create(`/${life}-${node}`, bytes(""));
  }
  await using _ = await TestQuorumServer.start(options);
  const names = () => Array.fromAsync(Deno.readDir(folder.path("data")), ({ name }) => name);
  await until(names, (found) => found.some((name) => name.endsWith(".snapshot")));
});
