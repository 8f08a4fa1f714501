import java.io.BufferedReader;
import java.io.File;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.DFSTestUtil;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.MiniDFSNNTopology;
import org.apache.hadoop.hdfs.protocol.HdfsConstants.SafeModeAction;
import org.apache.hadoop.hdfs.server.blockmanagement.BlockManager;
import org.apache.hadoop.hdfs.server.blockmanagement.BlockManagerTestUtil;

/**
 * A Hadoop cluster of two name nodes and two data nodes in one process, told what to do line by line.
 * Argument: its folder. Writes core-site.xml and hdfs-site.xml into it, says {@code ready}, then answers
 * each line with {@code ok LINE} or {@code failed LINE: REASON}.
 */
public final class HdfsCluster {
    private static final String SERVICE = "minidfs-ns";

    private final MiniDFSCluster cluster;
    private MiniDFSCluster.DataNodeProperties stopped;

    private HdfsCluster(MiniDFSCluster cluster) {
        this.cluster = cluster;
    }

    public static void main(String[] arguments) throws Exception {
        File folder = new File(arguments[0]);
        Configuration configuration = new Configuration();
        configuration.set("dfs.replication", "1");
        configuration.set("dfs.ha.tail-edits.period", "1");
        MiniDFSCluster cluster = new MiniDFSCluster.Builder(configuration, new File(folder, "data"))
            .nnTopology(MiniDFSNNTopology.simpleHATopology()).numDataNodes(2).build();
        try {
            cluster.waitActive();
            cluster.transitionToActive(0);
            writeClientConfiguration(cluster.getConfiguration(0), folder);
            say("ready");
            new HdfsCluster(cluster).obey();
        } finally {
            cluster.shutdown();
        }
    }

    /** What a client's host would have: the nameservice as default file system, and its addresses. */
    private static void writeClientConfiguration(Configuration all, File folder) throws Exception {
        Configuration core = new Configuration(false);
        core.set("fs.defaultFS", "hdfs://" + SERVICE);
        Configuration hdfs = new Configuration(false);
        for (var property : all) {
            String name = property.getKey();
            boolean isOfService = name.contains("." + SERVICE) || name.equals("dfs.nameservices");
            if (isOfService && name.startsWith("dfs.")) hdfs.set(name, property.getValue());
        }
        write(core, new File(folder, "core-site.xml"));
        write(hdfs, new File(folder, "hdfs-site.xml"));
    }

    private static void write(Configuration configuration, File file) throws Exception {
        try (OutputStream output = new FileOutputStream(file)) {
            configuration.writeXml(output);
        }
    }

    private void obey() throws Exception {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            try {
                act(line.split(" "));
                say("ok " + line);
            } catch (Exception error) {
                say("failed " + line + ": " + error);
            }
        }
    }

    private void act(String[] words) throws Exception {
        switch (words[0]) {
            case "active": activate(Integer.parseInt(words[1])); break;
            case "stop-name-node": cluster.shutdownNameNode(Integer.parseInt(words[1])); break;
            case "start-name-node": cluster.restartNameNode(Integer.parseInt(words[1]), false); break;
            case "stop-data-node": stopDataNode(); break;
            case "start-data-node": startDataNode(); break;
            case "safe-mode": fileSystem().setSafeMode(SafeModeAction.valueOf("SAFEMODE_" + words[1])); break;
            case "mkdir": fileSystem().mkdirs(new Path(words[1])); break;
            case "space-quota": fileSystem().setQuota(new Path(words[1]), Long.MAX_VALUE, Long.parseLong(words[2])); break;
            case "files": makeFiles(words[1], Integer.parseInt(words[2])); break;
            default: throw new IllegalArgumentException("unknown word");
        }
    }

    private void activate(int index) throws Exception {
        cluster.transitionToStandby(1 - index);
        cluster.transitionToActive(index);
    }

    private void stopDataNode() throws Exception {
        var id = cluster.getDataNodes().get(0).getDatanodeId();
        stopped = cluster.stopDataNode(0);
        // Else the name nodes would take ten minutes to notice.
        for (int index = 0; index < 2; index++) {
            BlockManager blocks = cluster.getNamesystem(index).getBlockManager();
            DFSTestUtil.setDatanodeDead(blocks.getDatanodeManager().getDatanode(id));
            BlockManagerTestUtil.checkHeartbeat(blocks);
        }
    }

    private void startDataNode() throws Exception {
        cluster.restartDataNode(stopped, true);
        cluster.waitActive();
    }

    private void makeFiles(String folder, int count) throws Exception {
        for (int index = 0; index < count; index++) {
            fileSystem().create(new Path(folder + "/blob." + index)).close();
        }
    }

    private DistributedFileSystem fileSystem() throws Exception {
        boolean isFirst = cluster.getNameNode(0) != null && cluster.getNameNode(0).isActiveState();
        return cluster.getFileSystem(isFirst ? 0 : 1);
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
