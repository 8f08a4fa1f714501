/** Starts a network and leaves it to its fate, for a test that kills the one who has started it. */
import { Network } from "./network.ts";

const network = await Network.start({ hosts: 2 });
console.log(network.folder);
await new Promise((resolve) => setTimeout(resolve, 60_000));
