import { SERVED_OPERATIONS } from "../../../../src/quorum/server/operation_table.ts";
import { JuteReader, ProtocolError } from "../../../../src/zookeeper/wire/jute_reader.ts";
import { HostileFrames } from "../../../fuzz/hostile_frames.ts";
import { randomSource } from "../../election/random_source.ts";

const INPUTS = 20_000;

Deno.test("every operation's body is decoded, or refused as one that cannot be, whatever the bytes", () => {
  const random = randomSource();
  const frames = new HostileFrames(random);
  const codecs = [...SERVED_OPERATIONS.values()];
  for (let input = 0; input < INPUTS; input++) {
    const { shortName, request } = codecs[random.below(codecs.length)]!;
    const body = frames.nextBody();
    try {
      request.read(new JuteReader(body));
    } catch (error) {
      if (error instanceof ProtocolError) continue;
      throw new Error(`${random.seed}: ${shortName} of ${body}`, { cause: error });
    }
  }
});
