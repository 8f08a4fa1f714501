import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.data.Stat;
import org.apache.zookeeper.server.auth.DigestAuthenticationProvider;

/**
 * What Apache's own client can do, as a transcript without ids and times: two servers that behave alike make it
 * say the same. Argument: connect string.
 */
public final class ClientExercises {
    private static final int SESSION_TIMEOUT_MS = 10_000;
    private static final int LIMIT_S = 20;

    private final String address;
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private Client zk;

    private ClientExercises(String address) {
        this.address = address;
    }

    public static void main(String[] arguments) throws Exception {
        new ClientExercises(arguments[0]).run();
    }

    private void run() throws Exception {
        zk = open();
        nodes();
        kinds();
        transactions();
        rights();
        watches();
        persistentWatches();
        removedWatches();
        manyAtOnce();
        session();
        zk.close();
        say("done");
    }

    private void nodes() throws Exception {
        say(zk.create("/java", bytes("one"), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT));
        Stat stat = new Stat();
        say(zk.create("/java/child", null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT, stat));
        say(stat);
        say(zk.setData("/java", bytes("two"), 0));
        say(text(zk.getData("/java", false, stat)), stat);
        refused(() -> zk.setData("/java", bytes("three"), 0));
        refused(() -> zk.create("/java", null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT));
        refused(() -> zk.create("/none/child", null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT));
        refused(() -> zk.delete("/java", -1));
        refused(() -> zk.delete("/java/none", -1));
        say(zk.exists("/java/none", false));
        for (int count = 0; count < 3; count++) {
            say(zk.create("/java/n-", null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT_SEQUENTIAL));
        }
        say(sorted(zk.getChildren("/java", false, stat)), stat);
        say(zk.getAllChildrenNumber("/java"));
        say(zk.exists("/", false));
        CountDownLatch synced = new CountDownLatch(1);
        zk.sync("/java", (code, path, context) -> {
            say("synced", code, path);
            synced.countDown();
        }, null);
        await(synced);
    }

    private void kinds() throws Exception {
        say(zk.create("/java/e", null, Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL));
        refused(() -> zk.create("/java/e/x", null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT));
        say(zk.create("/java/s-", null, Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL_SEQUENTIAL));
        say(sorted(zk.getEphemerals("/java")));
        say(zk.create("/java/c", null, Ids.OPEN_ACL_UNSAFE, CreateMode.CONTAINER));
        say(zk.exists("/java/c", false));
        Stat stat = new Stat();
        say(zk.create("/java/t", null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT_WITH_TTL, stat, 100_000));
        say(stat);
    }

    private void transactions() throws Exception {
        say(zk.multi(Arrays.asList(
            Op.create("/java/m", bytes("m"), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT),
            Op.setData("/java/m", bytes("n"), 0),
            Op.check("/java/m", 1),
            Op.delete("/java/child", -1))));
        try {
            zk.multi(Arrays.asList(Op.delete("/java/m", -1), Op.check("/java", 77)));
            say("a wrong version passed");
        } catch (KeeperException error) {
            say(error.code(), error.getResults());
        }
        say(zk.exists("/java/m", false));
        for (OpResult result : zk.multi(Arrays.asList(Op.getData("/java/m"), Op.getChildren("/java/none")))) {
            say(result instanceof OpResult.GetDataResult
                ? text(((OpResult.GetDataResult) result).getData())
                : "error " + ((OpResult.ErrorResult) result).getErr());
        }
    }

    private void rights() throws Exception {
        Id owner = new Id("digest", DigestAuthenticationProvider.generateDigest("user:secret"));
        List<ACL> acl = Arrays.asList(new ACL(Perms.ALL, owner), new ACL(Perms.READ, Ids.ANYONE_ID_UNSAFE));
        say(zk.create("/java/locked", bytes("x"), acl, CreateMode.PERSISTENT));
        say(text(zk.getData("/java/locked", false, null)));
        refused(() -> zk.setData("/java/locked", null, -1));
        refused(() -> zk.setACL("/java/locked", Ids.OPEN_ACL_UNSAFE, -1));
        say(zk.getACL("/java/locked", null));
        zk.addAuthInfo("digest", bytes("user:secret"));
        say(zk.setData("/java/locked", bytes("y"), -1));
        say(zk.setACL("/java/locked", Ids.CREATOR_ALL_ACL, 0));
        say(zk.getACL("/java/locked", null));
        refused(() -> zk.create("/java/bad", null, Collections.emptyList(), CreateMode.PERSISTENT));
        say(sorted(names(zk.whoAmI())));
    }

    private void watches() throws Exception {
        zk.exists("/java/w", hears("exists"));
        zk.create("/java/w", null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        say(next());
        zk.getData("/java/w", hears("data"), null);
        zk.getChildren("/java/w", hears("children"));
        zk.create("/java/w/a", null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        say(next());
        zk.setData("/java/w", bytes("1"), -1);
        say(next());
        zk.getChildren("/java/w/a", hears("children of a"));
        zk.getData("/java/w/a", hears("data of a"), null);
        zk.delete("/java/w/a", -1);
        say(sorted(Arrays.asList(next(), next())));
    }

    private void persistentWatches() throws Exception {
        zk.addWatch("/java/p", hears("recursive"), AddWatchMode.PERSISTENT_RECURSIVE);
        zk.addWatch("/java/q", hears("persistent"), AddWatchMode.PERSISTENT);
        for (String path : Arrays.asList("/java/p", "/java/p/x", "/java/p/x/y", "/java/q", "/java/q/x")) {
            zk.create(path, null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            say(path, next());
        }
        zk.setData("/java/p/x/y", bytes("1"), -1);
        say(next());
        zk.setData("/java/q", bytes("1"), -1);
        say(next());
        zk.delete("/java/p/x/y", -1);
        say(next());
    }

    private void removedWatches() throws Exception {
        refused(() -> zk.removeAllWatches("/java", Watcher.WatcherType.Any, false));
        zk.getData("/java", hears("removed"), null);
        zk.removeAllWatches("/java", Watcher.WatcherType.Data, false);
        say(next());
        zk.setData("/java", bytes("4"), -1);
        zk.sync("/java", (code, path, context) -> { }, null);
        zk.exists("/java", false);
        say("events left", events.size());
    }

    private void manyAtOnce() throws Exception {
        int count = 2000;
        CountDownLatch done = new CountDownLatch(count);
        AtomicInteger wrong = new AtomicInteger();
        AtomicInteger answered = new AtomicInteger();
        for (int index = 0; index < count; index++) {
            int expected = index;
            zk.create("/java/many-" + index, bytes("" + index), Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL,
                (code, path, context, name) -> {
                    if (code != 0 || answered.getAndIncrement() != expected) {
                        wrong.incrementAndGet();
                    }
                    done.countDown();
                }, null);
        }
        await(done);
        say("many at once", count, "wrong or out of order", wrong);
    }

    private void session() throws Exception {
        Client other = open();
        zk.vanish();
        say("left alone", other.exists("/java/e", false));
        zk = reattach(zk.getSessionId(), zk.getSessionPasswd());
        say("reattached", sorted(zk.getEphemerals("/java/e")));
        other.exists("/java/e", hears("other"));
        zk.close();
        say(next(), other.exists("/java/e", false), other.getEphemerals().size());
        new Client(address, hears("late"), zk.getSessionId(), zk.getSessionPasswd());
        say(next());
        zk = other;
    }

    private Client open() throws Exception {
        Connected connected = new Connected();
        Client client = new Client(address, connected);
        await(connected.latch);
        return client;
    }

    private Client reattach(long id, byte[] password) throws Exception {
        Connected connected = new Connected();
        Client client = new Client(address, connected, id, password);
        await(connected.latch);
        return client;
    }

    private static final class Connected implements Watcher {
        final CountDownLatch latch = new CountDownLatch(1);

        @Override
        public void process(WatchedEvent event) {
            if (event.getState() == Event.KeeperState.SyncConnected) {
                latch.countDown();
            }
        }
    }

    /** A client that can go away as a process does that is killed. */
    private static final class Client extends ZooKeeper {
        Client(String address, Watcher watcher) throws IOException {
            super(address, SESSION_TIMEOUT_MS, watcher);
        }

        Client(String address, Watcher watcher, long id, byte[] password) throws IOException {
            super(address, SESSION_TIMEOUT_MS, watcher, id, password);
        }

        void vanish() {
            cnxn.disconnect();
        }
    }

    // The end of a client's own connection is told to all its watchers, in any order.
    private Watcher hears(String name) {
        return event -> {
            Watcher.Event.KeeperState state = event.getState();
            if (state == Watcher.Event.KeeperState.Closed || state == Watcher.Event.KeeperState.Disconnected) {
                return;
            }
            events.add(name + ": " + event.getType() + " " + state + " " + event.getPath());
        };
    }

    private String next() throws Exception {
        String event = events.poll(LIMIT_S, TimeUnit.SECONDS);
        return event == null ? "no event in time" : event;
    }

    private interface Action {
        void run() throws Exception;
    }

    private static void refused(Action action) throws Exception {
        try {
            action.run();
            say("not refused");
        } catch (KeeperException error) {
            say("refused", error.code(), error.getPath());
        }
    }

    private static void await(CountDownLatch latch) throws Exception {
        if (!latch.await(LIMIT_S, TimeUnit.SECONDS)) {
            throw new IllegalStateException("waited " + LIMIT_S + " s in vain");
        }
    }

    private static void say(Object... parts) {
        List<String> texts = new ArrayList<>();
        for (Object part : parts) {
            texts.add(part instanceof Stat ? describe((Stat) part) : describe(part));
        }
        System.out.println("> " + String.join(" | ", texts));
    }

    private static String describe(Object part) {
        if (part instanceof List) {
            List<String> texts = new ArrayList<>();
            for (Object each : (List<?>) part) {
                texts.add(describe(each));
            }
            return texts.toString();
        }
        if (part instanceof OpResult.CreateResult) {
            return "created " + ((OpResult.CreateResult) part).getPath();
        }
        if (part instanceof OpResult.SetDataResult) {
            return "set " + describe(((OpResult.SetDataResult) part).getStat());
        }
        if (part instanceof OpResult.ErrorResult) {
            return "error " + ((OpResult.ErrorResult) part).getErr();
        }
        if (part instanceof OpResult) {
            return part.getClass().getSimpleName();
        }
        return String.valueOf(part).trim();
    }

    private static String describe(Stat stat) {
        return "czxid " + stat.getCzxid() + " mzxid " + stat.getMzxid() + " pzxid " + stat.getPzxid()
            + " versions " + stat.getVersion() + " " + stat.getCversion() + " " + stat.getAversion()
            + " length " + stat.getDataLength() + " children " + stat.getNumChildren()
            + (stat.getEphemeralOwner() == 0 ? "" : " ephemeral");
    }

    private static List<String> names(List<org.apache.zookeeper.data.ClientInfo> clients) {
        List<String> names = new ArrayList<>();
        for (org.apache.zookeeper.data.ClientInfo client : clients) {
            names.add(client.getAuthScheme() + ":" + client.getUser());
        }
        return names;
    }

    private static List<String> sorted(List<String> names) {
        List<String> copy = new ArrayList<>(names);
        Collections.sort(copy);
        return copy;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] data) {
        return data == null ? "no data" : new String(data, StandardCharsets.UTF_8);
    }
}
