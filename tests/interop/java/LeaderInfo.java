import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.UUID;

/**
 * Leader information as Flink writes and reads it, one command per line, bytes and texts in hex:
 * {@code encode <address as UTF-8> <uuid>} answers {@code ok <bytes>};
 * {@code decode <bytes>} answers {@code ok <address as UTF-8> <uuid>}.
 */
public final class LeaderInfo {
    private static final HexFormat HEX = HexFormat.of();

    public static void main(String[] arguments) throws Exception {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            System.out.println(answer(line.split(" ", -1)));
            System.out.flush();
        }
    }

    private static String answer(String[] words) {
        try {
            switch (words[0]) {
                case "encode":
                    String address = new String(HEX.parseHex(words[1]), StandardCharsets.UTF_8);
                    return "ok " + HEX.formatHex(encode(address, UUID.fromString(words[2])));
                case "decode":
                    return "ok " + decode(HEX.parseHex(words[1]));
                default:
                    return "error unknown command " + words[0];
            }
        } catch (Exception error) {
            return "error " + error;
        }
    }

    private static byte[] encode(String address, UUID leaderSessionId) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream output = new ObjectOutputStream(bytes)) {
            output.writeUTF(address);
            output.writeObject(leaderSessionId);
        }
        return bytes.toByteArray();
    }

    private static String decode(byte[] bytes) throws Exception {
        try (ObjectInputStream input = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            String address = input.readUTF();
            UUID leaderSessionId = (UUID) input.readObject();
            if (input.read() != -1) {
                throw new IllegalStateException("bytes left over");
            }
            return HEX.formatHex(address.getBytes(StandardCharsets.UTF_8)) + " " + leaderSessionId;
        }
    }
}
