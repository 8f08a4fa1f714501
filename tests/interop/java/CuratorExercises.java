import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.api.transaction.CuratorTransactionResult;
import org.apache.curator.framework.recipes.atomic.DistributedAtomicLong;
import org.apache.curator.framework.recipes.cache.CuratorCache;
import org.apache.curator.framework.recipes.cache.PathChildrenCache;
import org.apache.curator.framework.recipes.cache.TreeCache;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.recipes.locks.InterProcessReadWriteLock;
import org.apache.curator.framework.recipes.nodes.PersistentNode;
import org.apache.curator.retry.RetryForever;
import org.apache.zookeeper.CreateMode;

/**
 * What Curator's recipes can do, as a transcript without ids and times; `restart` and `expire ID` ask for
 * a restart of the server and for the end of a session, and are answered with a line. Argument: connect string.
 */
public final class CuratorExercises {
    private static final int SESSION_TIMEOUT_MS = 10_000;
    private static final int CONNECTION_TIMEOUT_MS = 5000;
    private static final int LIMIT_S = 20;

    private final String address;
    private final CuratorFramework one;
    private final CuratorFramework two;
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    private CuratorExercises(String address) throws Exception {
        this.address = address;
        one = open();
        two = open();
    }

    public static void main(String[] arguments) throws Exception {
        CuratorExercises exercises = new CuratorExercises(arguments[0]);
        exercises.run();
        System.exit(0);
    }

    private void run() throws Exception {
        nodes();
        mutex();
        readWriteLock();
        atomicLong();
        pathChildrenCache();
        treeCache();
        curatorCache();
        LeaderLatch[] latches = latches();
        PersistentNode node = new PersistentNode(one, CreateMode.EPHEMERAL, false, "/persistent", bytes("n"));
        node.start();
        say("persistent node", node.waitForInitialCreate(LIMIT_S, TimeUnit.SECONDS));
        restart(latches);
        expiry(latches, node);
        one.close();
        two.close();
        say("done");
    }

    private void nodes() throws Exception {
        say(one.create().creatingParentContainersIfNeeded().forPath("/curator/deep/node", bytes("1")));
        say(one.create().withProtection().withMode(CreateMode.EPHEMERAL_SEQUENTIAL)
            .forPath("/curator/p-").replaceFirst("_c_[-0-9a-f]{36}-", "GUID "));
        say(one.create().orSetData().forPath("/curator/deep/node", bytes("2")));
        say(text(two.getData().forPath("/curator/deep/node")));
        for (CuratorTransactionResult result : one.transaction().forOperations(
                one.transactionOp().create().forPath("/curator/t", bytes("t")),
                one.transactionOp().setData().forPath("/curator/t", bytes("u")),
                one.transactionOp().check().forPath("/curator/deep/node"))) {
            say(result.getType(), result.getForPath(), result.getError());
        }
        one.delete().deletingChildrenIfNeeded().forPath("/curator/deep");
        say(two.checkExists().forPath("/curator/deep"));
    }

    private void mutex() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (CuratorFramework client : List.of(one, two)) {
            threads.add(start(() -> {
                InterProcessMutex mutex = new InterProcessMutex(client, "/mutex");
                for (int round = 0; round < 20; round++) {
                    mutex.acquire();
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    inside.decrementAndGet();
                    mutex.release();
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join(LIMIT_S * 1000);
        }
        say("most inside", most, "children", one.getChildren().forPath("/mutex").size());
        InterProcessMutex held = new InterProcessMutex(one, "/mutex");
        held.acquire();
        say("second", new InterProcessMutex(two, "/mutex").acquire(100, TimeUnit.MILLISECONDS));
        held.release();
    }

    private void readWriteLock() throws Exception {
        InterProcessReadWriteLock lockOne = new InterProcessReadWriteLock(one, "/read-write");
        InterProcessReadWriteLock lockTwo = new InterProcessReadWriteLock(two, "/read-write");
        lockOne.readLock().acquire();
        say("second reader", lockTwo.readLock().acquire(LIMIT_S, TimeUnit.SECONDS));
        lockTwo.readLock().release();
        say("writer", lockTwo.writeLock().acquire(100, TimeUnit.MILLISECONDS));
        lockOne.readLock().release();
        say("writer", lockTwo.writeLock().acquire(LIMIT_S, TimeUnit.SECONDS));
        lockTwo.writeLock().release();
    }

    private void atomicLong() throws Exception {
        for (CuratorFramework client : List.of(one, two)) {
            DistributedAtomicLong number = new DistributedAtomicLong(client, "/number", new RetryForever(10));
            say(number.add(21L).postValue());
        }
    }

    private void pathChildrenCache() throws Exception {
        one.create().forPath("/path");
        try (PathChildrenCache cache = new PathChildrenCache(one, "/path", true)) {
            cache.getListenable().addListener((client, event) -> events.add(
                event.getType() + (event.getData() == null ? "" : " " + event.getData().getPath()
                    + " " + text(event.getData().getData()))));
            cache.start(PathChildrenCache.StartMode.POST_INITIALIZED_EVENT);
            say("path cache", next());
            change("/path", "path cache");
        }
    }

    private void treeCache() throws Exception {
        one.create().forPath("/tree", bytes(""));
        try (TreeCache cache = TreeCache.newBuilder(one, "/tree").build()) {
            cache.getListenable().addListener((client, event) -> events.add(
                event.getType() + (event.getData() == null ? "" : " " + event.getData().getPath()
                    + " " + text(event.getData().getData()))));
            cache.start();
            say("tree cache", next());
            say("tree cache", next());
            change("/tree", "tree cache");
        }
    }

    /** The cache of Curator 5: one persistent recursive watch. */
    private void curatorCache() throws Exception {
        one.create().forPath("/cache", bytes(""));
        try (CuratorCache cache = CuratorCache.build(one, "/cache")) {
            cache.listenable().addListener((type, before, after) -> events.add(
                type + " " + (after == null ? before.getPath() : after.getPath() + " " + text(after.getData()))));
            cache.start();
            say("curator cache", next());
            change("/cache", "curator cache");
        }
    }

    private void change(String path, String cache) throws Exception {
        two.create().forPath(path + "/a", bytes("1"));
        say(cache, next());
        two.setData().forPath(path + "/a", bytes("2"));
        say(cache, next());
        two.delete().forPath(path + "/a");
        say(cache, next());
    }

    private LeaderLatch[] latches() throws Exception {
        LeaderLatch first = new LeaderLatch(one, "/latch", "one");
        first.start();
        say("leads", first.await(LIMIT_S, TimeUnit.SECONDS));
        LeaderLatch second = new LeaderLatch(two, "/latch", "two");
        second.start();
        while (second.getParticipants().size() < 2) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        say(first.getLeader(), second.hasLeadership());
        return new LeaderLatch[] {first, second};
    }

    private void restart(LeaderLatch[] latches) throws Exception {
        long before = one.getZookeeperClient().getZooKeeper().getSessionId();
        one.create().withMode(CreateMode.EPHEMERAL).forPath("/mine");
        ask("restart");
        say("still there", one.checkExists().forPath("/mine") != null);
        say("same session", one.getZookeeperClient().getZooKeeper().getSessionId() == before);
        List<String> ids = new ArrayList<>();
        latches[1].getParticipants().forEach((participant) -> ids.add(participant.getId()));
        Collections.sort(ids);
        say("contend", ids);
    }

    private void expiry(LeaderLatch[] latches, PersistentNode node) throws Exception {
        while (!latches[0].hasLeadership() && !latches[1].hasLeadership()) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        long before = one.getZookeeperClient().getZooKeeper().getSessionId();
        ask("expire " + before);
        say("leads then", latches[1].await(LIMIT_S, TimeUnit.SECONDS));
        while (two.checkExists().forPath("/persistent") == null || latches[1].getParticipants().size() < 2) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        say("same session", one.getZookeeperClient().getZooKeeper().getSessionId() == before);
        say(text(two.getData().forPath("/persistent")), latches[0].hasLeadership(), latches[1].hasLeadership());
        node.close();
        latches[1].close();
        say("leads again", latches[0].await(LIMIT_S, TimeUnit.SECONDS));
        latches[0].close();
    }

    private CuratorFramework open() throws Exception {
        CuratorFramework client = CuratorFrameworkFactory.newClient(
            address, SESSION_TIMEOUT_MS, CONNECTION_TIMEOUT_MS, new RetryForever(50));
        client.start();
        client.blockUntilConnected();
        return client;
    }

    private interface Action {
        void run() throws Exception;
    }

    private Thread start(Action action) {
        Thread thread = new Thread(() -> {
            try {
                action.run();
            } catch (Exception error) {
                say("failed", error);
            }
        });
        thread.start();
        return thread;
    }

    private static void ask(String text) throws Exception {
        System.out.println(text);
        System.in.read();
    }

    private String next() throws Exception {
        String event = events.poll(LIMIT_S, TimeUnit.SECONDS);
        return event == null ? "no event in time" : event;
    }

    private static synchronized void say(Object... parts) {
        List<String> texts = new ArrayList<>();
        for (Object part : parts) {
            texts.add(String.valueOf(part));
        }
        System.out.println("> " + String.join(" | ", texts));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] data) {
        return data == null ? "no data" : new String(data, StandardCharsets.UTF_8);
    }
}
