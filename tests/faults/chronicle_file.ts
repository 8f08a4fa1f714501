import { Chronicle, type Entry, parseEntries } from "./chronicle.ts";

/** What the recorders of one cluster have written to their file so far. */
export class ChronicleFile {
  readonly path: string;
  #chronicle = new Chronicle();
  #offset = 0;
  #rest = "";

  constructor(path: string) {
    this.path = path;
    Deno.writeTextFileSync(path, "");
  }

  /** The chronicle as it is now. */
  read(): Chronicle {
    this.#chronicle.add(this.#newEntries());
    return this.#chronicle;
  }

  /** Forgets what was before, so that a run is judged by itself. */
  startAnew(): void {
    this.read();
    this.#chronicle = new Chronicle();
  }

  #newEntries(): Entry[] {
    using file = Deno.openSync(this.path);
    file.seekSync(this.#offset, Deno.SeekMode.Start);
    const chunk = new Uint8Array(64 * 1024);
    let text = this.#rest;
    for (let length = file.readSync(chunk); length; length = file.readSync(chunk)) {
      this.#offset += length;
      text += new TextDecoder().decode(chunk.subarray(0, length));
    }
    const end = text.lastIndexOf("\n") + 1;
    this.#rest = text.slice(end);
    return parseEntries(text.slice(0, end));
  }
}
