import type { ClusterFacts } from "../../../../src/daemon/doctor/facts.ts";
import { contender, election, host, LATCH, LEADER, master, says, silent } from "./cluster_facts.ts";

export const PAUSE = { since: "2025-01-02T03:04:05.678Z", by: "root@host", reason: "disk" };
const UNREACHABLE = { kind: "unreachable", cause: "refused" } as const;

/** Situations in which nothing but this is said, and how the sentence reads. */
export const SITUATIONS: readonly [name: string, facts: Partial<ClusterFacts>, sentence: RegExp][] =
  [
    ["well", {}, /^All is well: a:8081 \(epoch 7\) leads, and one standby could take over$/],
    [
      "well",
      { election: { kind: "none" }, masters: [LEADER] },
      /^All is well: a:8081 leads, and there is no standby$/,
    ],
    [
      "no-quorum",
      {
        election: UNREACHABLE,
        masters: [LEADER, master("b:8081", says({ connection: "suspended" }))],
        servers: [
          { name: "z1:2181", state: { kind: "not-serving" } },
          { name: "z2:2181", state: { kind: "unreachable", reason: "refused" } },
          { name: "z3:2181", state: { kind: "unreachable", reason: "refused" } },
        ],
      },
      /^ZooKeeper has no quorum: of 3 servers z1:2181 runs without a majority, z2:2181 and z3:2181 do not/,
    ],
    [
      "no-quorum",
      {
        election: UNREACHABLE,
        servers: [{ name: "z1:2181", state: { kind: "unreachable", reason: "refused" } }],
      },
      /^ZooKeeper has no quorum: its server does not answer, at z1:2181$/,
    ],
    ["zookeeper-refuses", { election: { ...UNREACHABLE, isRefused: true } }, /the credentials/],
    [
      "zookeeper-unreachable",
      {
        election: UNREACHABLE,
        servers: [{ name: "z1:2181", state: { kind: "serving", mode: "standalone" } }],
      },
      /^ZooKeeper cannot be used from here: refused, although server z1:2181 says that it serves$/,
    ],
    [
      "servers-alone",
      {
        servers: ["z1:1", "z2:1"].map((name) => ({
          name,
          state: { kind: "serving", mode: "standalone" },
        })),
      },
      /^servers z1:1 and z2:1 serve alone: what is called a quorum here are several ZooKeepers/,
    ],
    [
      "servers-missing",
      {
        servers: [
          { name: "z1:1", state: { kind: "serving", mode: "leader" } },
          { name: "z2:1", state: { kind: "unreachable", reason: "Connection refused" } },
          { name: "z3:1", state: { kind: "not-asked", reason: "TLS" } },
        ],
      },
      /^1 of 3 ZooKeeper servers does not serve: z2:1 \(Connection refused\)$/,
    ],
    [
      "wrong-acl",
      { election: election({ refusals: [{ act: "create in", path: LATCH }] }) },
      /^ZooKeeper does not let this configuration's user create in \/flink\/cluster_one\/leader\/latch$/,
    ],
    [
      "rivals",
      { masters: [LEADER, master("b:8081", says({ role: "leader" }))], remarks: ["they disagree"] },
      /^a:8081 and b:8081 each say that they lead$/,
    ],
    [
      "merged-clusters",
      {
        election: election({ leader: { name: "x:1", isMasterd: true, epoch: "7" } }),
        masters: [master("a:8081"), master("x:1", says({ role: "leader" }), { isListed: false })],
      },
      /^x:1 leads, and is in no line of conf\/masters: two clusters use the id \/cluster_one, or/,
    ],
    [
      "unlisted-masters",
      { masters: [LEADER, master("b:8081"), master("x:1", says(), { isListed: false })] },
      /^x:1 stands for election, in no line of conf\/masters: another cluster uses the id \/cluster_one/,
    ],
    [
      "zombie-latch",
      {
        election: election({
          leader: undefined,
          queue: [contender("curator", { isMaster: false, session: "0x2a" })],
        }),
        masters: [master("a:8081")],
      },
      /^Nobody can lead: the first in the queue, curator \(.*\), belongs to session 0x2a, which is no masterd/,
    ],
    [
      "zombie-latch",
      {
        election: election({ leader: undefined, queue: [contender("x", { session: undefined })] }),
        masters: [master("a:8081")],
      },
      /^Nobody can lead: .* is a node that no session owns, and that will never go$/,
    ],
    [
      "zombie-latch",
      {
        election: election({ leader: undefined, queue: [contender("a:8081", { session: "0x1" })] }),
        masters: [master("a:8081", says({ session: "0x2" }))],
      },
      /belongs to session 0x1 of a master that has died, and was started again$/,
    ],
    [
      "zombie-in-queue",
      {
        election: election({
          queue: [contender("a:8081"), contender("x", { session: undefined })],
        }),
      },
      /^\/flink\/cluster_one\/leader\/latch\/x in the queue is a node that no session owns/,
    ],
    [
      "paused-without-leader",
      { election: election({ leader: undefined, pause: PAUSE }), masters: [master("a:8081")] },
      /^Nobody leads, and nobody will: failovers are paused since 2025-.* by root@host \(disk\)$/,
    ],
    [
      "paused",
      { election: election({ pause: { ...PAUSE, reason: null } }) },
      /^Failovers are paused since 2025-\S+ by root@host: if a:8081 ends, nobody takes over$/,
    ],
    [
      "leader-unreadable",
      {
        election: election({ leader: undefined, damage: "it is cut off" }),
        masters: [master("a:8081")],
      },
      /^What is published as the leader cannot be read: it is cut off$/,
    ],
    [
      "leader-silent",
      { masters: [master("a:8081", silent()), master("b:8081")] },
      /^The leader that ZooKeeper names, a:8081 \(epoch 7\), does not answer: Connection refused$/,
    ],
    [
      "foreign-leader",
      {
        election: election({ leader: { name: "http://flink:8081", isMasterd: false } }),
        masters: [master("a:8081")],
      },
      /^A program that is no masterd leads, at http:\/\/flink:8081: the masters stand behind it/,
    ],
    [
      "no-leader",
      {
        election: election({ leader: undefined, queue: [contender("a:8081")] }),
        masters: [master("a:8081", says({ command: { kind: "starting" } }))],
      },
      /^Nobody leads, although 1 master runs: a:8081 was elected, and its command is not ready yet$/,
    ],
    [
      "no-leader",
      { election: election({ leader: undefined, queue: [] }), masters: [master("a:8081")] },
      /and none of them stands in the queue$/,
    ],
    [
      "no-masters",
      {
        election: election({ leader: undefined, queue: [] }),
        masters: [master("a:8081", silent()), master("b:8081", silent("no answer in time"))],
      },
      /^No master runs: a:8081 does not answer \(Connection refused\) and b:8081 does not answer \(no ans/,
    ],
    ["no-lines", { election: election({ leader: undefined }), masters: [] }, /^No master is known/],
    [
      "command-failing",
      {
        masters: [
          master(
            "a:8081",
            says({
              role: "leader",
              command: { kind: "waiting", restarts: 3, lastEnd: "exit code 1" },
            }),
          ),
          master("b:8081"),
        ],
      },
      /^The leader's command fails on a:8081 \(started again 3 times; last end: exit code 1\)$/,
    ],
    [
      "command-failing",
      {
        election: election({ leader: undefined, queue: [] }),
        masters: [
          master("a:8081", says({ command: { kind: "cooling-down", reason: "crash-loop" } })),
        ],
      },
      /^The leader's command fails on a:8081 \(it gave up: it ended again and again\)$/,
    ],
    [
      "cooling-down",
      {
        masters: [
          LEADER,
          master("b:8081", says({ command: { kind: "cooling-down", reason: "not-ready" } })),
        ],
      },
      /^b:8081 \(it gave up: it was not ready in time\): until the end of its cool-down it does not stand/,
    ],
    [
      "masters-missing",
      { masters: [LEADER, master("b:8081", silent())] },
      /^Master b:8081 does not answer \(Connection refused\); if a:8081 ends, nobody takes over$/,
    ],
    [
      "masters-disconnected",
      { masters: [LEADER, master("b:8081", says({ connection: "suspended" }))] },
      /^b:8081 has no connection to ZooKeeper \(suspended\), and could not lead$/,
    ],
    [
      "masters-busy",
      { masters: [LEADER, master("b:8081", says({ role: "stopping" }))] },
      /^b:8081 is stopping$/,
    ],
    [
      "different-versions",
      { masters: [LEADER, master("b:8081", says({ version: "0.2.0" }))] },
      /^Masters of different versions run: 0\.1\.0 on a:8081 and 0\.2\.0 on b:8081$/,
    ],
    [
      "clock-jump",
      { clocks: [{ of: "master a:8081", stepMs: -3_600_000 * 3 }, { of: "b", stepMs: 400 }] },
      /^Clocks jumped: that of master a:8081 back by 3\.0 h$/,
    ],
    [
      "clocks-apart",
      { clocks: [{ of: "master b:8081", offset: { ms: -90_000, uncertaintyMs: 500 } }] },
      /^Clocks differ: that of master b:8081 is 90 s behind this host's$/,
    ],
    [
      "web-ui-port-taken",
      {
        masters: [LEADER, master("b:8081", silent(), { isLocal: true })],
        host: host({ takenPorts: [{ master: "b:8081", port: 8081 }] }),
      },
      /^Web UI ports are taken: that of master b:8081 by a program of this host that is no master/,
    ],
    [
      "web-ui-port-taken",
      { masters: [LEADER, master("b:8081", { kind: "foreign", fact: "nginx answers" })] },
      /^Web UI ports are taken: that of master b:8081 \(nginx answers\)$/,
    ],
    [
      "port-range-full",
      {
        masters: [LEADER, master("b:8081", silent(), { isLocal: true })],
        host: host({ fullRanges: [{ key: "the.key", range: "1-2", needed: 1, free: 0 }] }),
      },
      /^the\.key \(1-2\) has no free port on this host, and a master that does not run would need one$/,
    ],
    [
      "storage-unreachable",
      {
        storage: { url: "file:///x", problem: { kind: "unreachable", text: "no answer" } },
        masters: [master("a:8081", says({ role: "leader", stateProblem: "no answer" }))],
      },
      /^The storage file:\/\/\/x cannot be reached from here: no answer$/,
    ],
    [
      "wrong-storage",
      { storage: { url: "x", problem: { kind: "wrong", text: "another" } } },
      /^another$/,
    ],
    [
      "storage-failing",
      { storage: { url: "x", problem: { kind: "failing", text: "full" } } },
      /x fails: full$/,
    ],
    [
      "state-degraded",
      {
        masters: [
          master("a:8081", says({ role: "leader", stateProblem: "2 broken" })),
          master("b:8081"),
        ],
      },
      /^a:8081 says of the state it keeps: 2 broken$/,
    ],
    ["disk-full", { host: host({ fullDisks: [{ path: "/var", freeMiB: 3 }] }) }, /3 MiB at \/var$/],
    ["doubtful-configuration", { host: host({ warnings: ["a", "b"] }) }, /is doubtful: a and b$/],
    ["remarks", { remarks: ["worker host w: its worker is not registered"] }, /^worker host w/],
  ];
