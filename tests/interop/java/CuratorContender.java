import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.stream.Collectors;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderLatchListener;
import org.apache.curator.framework.recipes.leader.Participant;
import org.apache.curator.retry.RetryOneTime;

/**
 * A contender on Curator's LeaderLatch, told what to do line by line.
 * Arguments: connect string, latch path, participant id, session timeout in ms.
 * Answers and events are lines {@code WORD <System.nanoTime()> [rest]}.
 */
public final class CuratorContender {
    private static final int CONNECTION_TIMEOUT_MS = 5000;

    private final CuratorFramework client;
    private final String latchPath;
    private final String id;
    private LeaderLatch latch;

    private CuratorContender(CuratorFramework client, String latchPath, String id) {
        this.client = client;
        this.latchPath = latchPath;
        this.id = id;
    }

    public static void main(String[] arguments) throws Exception {
        int sessionTimeoutMs = Integer.parseInt(arguments[3]);
        try (CuratorFramework client = CuratorFrameworkFactory.newClient(
                arguments[0], sessionTimeoutMs, CONNECTION_TIMEOUT_MS, new RetryOneTime(100))) {
            client.start();
            client.blockUntilConnected();
            new CuratorContender(client, arguments[1], arguments[2]).obey();
        }
    }

    private void obey() throws Exception {
        say("READY", "");
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            switch (line) {
                case "start": start(); break;
                case "close": close(); break;
                case "participants": say("PARTICIPANTS", participants()); break;
                case "leader": say("LEADER_IS", latch.getLeader().getId()); break;
                case "clock": say("CLOCK", ""); break;
                default: say("UNKNOWN", line);
            }
        }
    }

    private void start() throws Exception {
        latch = new LeaderLatch(client, latchPath, id);
        latch.addListener(new LeaderLatchListener() {
            @Override
            public void isLeader() {
                say("LEADER", "");
            }

            @Override
            public void notLeader() {
                say("NOT_LEADER", "");
            }
        });
        latch.start();
        say("STARTED", "");
    }

    // close() deletes the node first and only then takes its own leadership back: whoever uses a
    // LeaderLatch must have stopped to act as leader before the call.
    private void close() throws Exception {
        say("RESIGNING", "");
        latch.close();
        say("CLOSED", "");
    }

    private String participants() throws Exception {
        return latch.getParticipants().stream().map(Participant::getId).collect(Collectors.joining(","));
    }

    private static synchronized void say(String word, String rest) {
        System.out.println((word + " " + System.nanoTime() + " " + rest).trim());
        System.out.flush();
    }
}
