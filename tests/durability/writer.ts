import { ErrorCode } from "../../src/zookeeper/wire/constants.ts";
import type { Stat } from "../../src/zookeeper/wire/records.ts";
import type { RandomSource } from "../unit/election/random_source.ts";
import { type Answer, Connection, type Session } from "./connection.ts";
import type { Ledger } from "./ledger.ts";
import {
  applied,
  describe,
  effectiveCount,
  type Holdings,
  INITIAL,
  PAIR,
  type Write,
} from "./model.ts";

const OPEN = [{ permissions: 31, id: { scheme: "world", id: "anyone" } }];
const NAMES = ["a", "b", "c", "d", "e", "f"];
const DEPTH = 16;
const encoder = new TextEncoder();

/** A client that writes below a path of its own, many writes at once, and knows what must be there. */
export class Writer {
  readonly path: string;
  readonly #random: RandomSource;
  readonly #ledger: Ledger;
  readonly #session: Session;
  readonly #sequentialNames = new Set<string>();
  /** After all writes that were acknowledged. */
  #certain: Holdings = INITIAL;
  /** After the open ones too, if all of them take effect. */
  #expected: Holdings = INITIAL;
  #open: Write[] = [];
  #value = 0;

  static async create(
    port: number,
    path: string,
    options: { random: RandomSource; ledger: Ledger },
  ): Promise<Writer> {
    await using connection = await Connection.open(port);
    for (const node of ["", "/s", ...PAIR.map((name) => `/${name}`)]) {
      await connection.ask("create", creation(path + node, 0));
    }
    return new Writer(path, connection.session, options);
  }

  private constructor(
    path: string,
    session: Session,
    { random, ledger }: { random: RandomSource; ledger: Ledger },
  ) {
    this.path = path;
    this.#session = session;
    this.#random = random;
    this.#ledger = ledger;
  }

  /** The nodes that others may look at. */
  get nodes(): readonly string[] {
    return [...PAIR, ...NAMES].map((name) => `${this.path}/${name}`);
  }

  /** Writes until the connection ends. */
  async write(port: number): Promise<void> {
    await using connection = await Connection.openIfServed(port, this.#session);
    if (connection === undefined) return;
    await Promise.all(Array.from({ length: DEPTH }, async () => {
      while (await this.#writeOnce(connection));
    }));
  }

  /** Looks whether all is there that was acknowledged, and nothing half; called while nobody writes. */
  async verify(port: number): Promise<void> {
    await using connection = await Connection.open(port, this.#session);
    if (connection.session.sessionId !== this.#session.sessionId) {
      return this.#ledger.fail(`${this.path}: the session of this writer is lost`);
    }
    this.#ledger.sessionsTakenUp++;
    const found = await this.#look(connection);
    const count = effectiveCount(this.#certain, this.#open, found);
    if (count === undefined) this.#ledger.fail(this.#complaint(found));
    this.#ledger.openWrites += this.#open.length;
    this.#ledger.openWritesThatTookEffect += count ?? 0;
    this.#open = [];
    this.#certain = this.#expected = found;
  }

  async #writeOnce(connection: Connection): Promise<boolean> {
    const write = this.#next();
    this.#open.push(write);
    this.#expected = applied(this.#expected, write);
    const answer = await this.#send(connection, write);
    if (answer === undefined) return false;
    this.#ledger.saw(answer.zxid);
    this.#ledger.acknowledgedWrites++;
    // Replies come in the order of the requests.
    this.#open.shift();
    this.#certain = applied(this.#certain, write);
    if (answer.error !== 0) this.#ledger.fail(`${this.path}: ${write.kind} gave ${answer.error}`);
    if (write.kind === "createSequential") {
      this.#sequentialNames.add((answer.body as { path: string }).path);
    }
    if (write.kind === "refused" && !isRefused(answer)) {
      this.#ledger.fail(`${this.path}: a transaction with a wrong version was not refused`);
    }
    return true;
  }

  #send(connection: Connection, write: Write): Promise<Answer | undefined> {
    const at = (name: string) => `${this.path}/${name}`;
    const setting = (name: string, value: number) => ({
      path: at(name),
      data: encoder.encode(String(value)),
      version: -1,
    });
    switch (write.kind) {
      case "create":
        return connection.ask("create", creation(at(write.name), write.isEphemeral ? 1 : 0));
      case "set":
        return connection.ask("setData", setting(write.name, write.value));
      case "delete":
        return connection.ask("delete", { path: at(write.name), version: -1 });
      case "createSequential":
        return connection.ask("create", creation(at("s/n-"), 2));
      case "setPair":
      case "refused": {
        const parts: unknown[] = PAIR.map((name) => ({
          operation: "setData",
          body: setting(name, write.value),
        }));
        const wrong = { operation: "check", body: { path: this.path, version: 1_000_000 } };
        return connection.ask("multi", write.kind === "refused" ? [...parts, wrong] : parts);
      }
    }
  }

  /** A write that the expected holdings allow. */
  #next(): Write {
    const value = ++this.#value;
    const name = NAMES[this.#random.below(NAMES.length)]!;
    const kind = this.#random.below(10);
    if (kind < 2) return { kind: "setPair", value };
    if (kind < 3) return { kind: "refused", value };
    if (kind < 4) return { kind: "createSequential" };
    if (!this.#expected.nodes.has(name)) {
      return { kind: "create", name, isEphemeral: this.#random.below(2) === 0 };
    }
    return kind < 6 ? { kind: "delete", name } : { kind: "set", name, value };
  }

  async #look(connection: Connection): Promise<Holdings> {
    const children = await connection.ask("getChildren", { path: this.path, watch: false });
    if (children!.zxid < this.#ledger.newestZxid) {
      this.#ledger.fail(`the server is at ${children!.zxid}, behind ${this.#ledger.newestZxid}`);
    }
    const nodes = new Map<string, string>();
    for (const name of (children!.body as { children: string[] }).children) {
      if (name !== "s") nodes.set(name, await this.#contentOf(connection, name));
    }
    return { nodes, sequential: await this.#countSequential(connection) };
  }

  async #contentOf(connection: Connection, name: string): Promise<string> {
    const path = `${this.path}/${name}`;
    const answer = await connection.ask("getData", { path, watch: false });
    const { data, stat } = answer!.body as { data: Uint8Array; stat: Stat };
    const isEphemeral = stat.ephemeralOwner !== 0n;
    if (isEphemeral && stat.ephemeralOwner !== this.#session.sessionId) return "of another session";
    return describe({
      value: Number(new TextDecoder().decode(data)),
      version: stat.version,
      isEphemeral,
    });
  }

  async #countSequential(connection: Connection): Promise<number> {
    const answer = await connection.ask("getChildren", { path: `${this.path}/s`, watch: false });
    const { children } = answer!.body as { children: string[] };
    const found = new Set(children.map((name) => `${this.path}/s/${name}`));
    for (const name of this.#sequentialNames) {
      if (!found.has(name)) this.#ledger.fail(`${name} was acknowledged and is not there`);
    }
    found.forEach((name) => this.#sequentialNames.add(name));
    return children.length;
  }

  #complaint(found: Holdings): string {
    const show = (value: unknown) => Deno.inspect(value, { breakLength: 100, depth: 5 });
    return `${this.path}: no number of the open writes explains what is there\n` +
      `certain: ${show(this.#certain)}\nopen: ${show(this.#open)}\nfound: ${show(found)}`;
  }
}

function creation(path: string, flags: number) {
  return { path, data: encoder.encode("0"), acl: OPEN, flags };
}

function isRefused({ body }: Answer): boolean {
  const last = (body as { kind: string; error?: number }[]).at(-1);
  return last?.kind === "error" && last.error === ErrorCode.BadVersion;
}
