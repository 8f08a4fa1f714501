import { Database } from "../../../../src/quorum/tree/database.ts";
import type { Author, Reply, WriteResult } from "../../../../src/quorum/tree/requests.ts";
import type { Transaction } from "../../../../src/quorum/tree/transaction.ts";
import type { Watcher, WatchEvent } from "../../../../src/quorum/tree/watches.ts";
import { OpCode } from "../../../../src/zookeeper/wire/constants.ts";
import type { Acl, Id, Stat } from "../../../../src/zookeeper/wire/records.ts";

export const OPEN: readonly Acl[] = [{ permissions: 31, id: { scheme: "world", id: "anyone" } }];
export const IP: Id = { scheme: "ip", id: "127.0.0.1" };

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A connection whose client has a session and shows some identities. */
export class Client implements Watcher {
  readonly events: string[] = [];
  readonly author: { readonly sessionId: bigint; identities: Id[] };

  constructor(sessionId: bigint, identities: Id[] = [IP]) {
    this.author = { sessionId, identities };
  }
}

/** A database with clients, which does what tests ask for in few words. */
export class World {
  readonly database: Database;
  readonly client = new Client(0x100n);
  readonly other = new Client(0x200n);
  readonly transactions: Transaction[] = [];
  nowMs = 1000n;

  constructor(database = new Database()) {
    this.database = database;
  }

  /** Writes, and notes what watchers are told. */
  write(
    name: keyof typeof OpCode,
    body: unknown,
    author: Author = this.client.author,
  ): WriteResult {
    const result = this.database.write({ operation: OpCode[name], body }, author, this.nowMs);
    this.transactions.push(result.transaction);
    note(result.events);
    return result;
  }

  read(name: keyof typeof OpCode, body: unknown, client = this.client): Reply {
    const { events, ...reply } = this.database.read(
      { operation: OpCode[name], body },
      client.author,
      client,
    );
    note(events);
    return reply;
  }

  /** Creates a node by `create2`, and says its path. */
  create(path: string, options: Partial<CreateOptions> = {}): string {
    const { flags = 0, data = null, acl = OPEN, client = this.client } = options;
    const { reply } = this.write("create2", { path, data, acl, flags }, client.author);
    if (reply.error !== 0) throw new Error(`Cannot create ${path}: ${reply.error}`);
    return (reply.body as { path: string }).path;
  }

  delete(path: string): void {
    const { reply } = this.write("delete", { path, version: -1 });
    if (reply.error !== 0) throw new Error(`Cannot delete ${path}: ${reply.error}`);
  }

  setData(path: string, text: string): void {
    this.write("setData", { path, data: bytes(text), version: -1 });
  }

  /** The error code of a write. */
  errorOf(name: keyof typeof OpCode, body: unknown, author?: Author): number {
    return this.write(name, body, author).reply.error;
  }

  stat(path: string): Stat | undefined {
    const { error, body } = this.read("exists", { path, watch: false });
    return error === 0 ? (body as { stat: Stat }).stat : undefined;
  }

  /** What a client was told since it was last asked: `type path`. */
  told(client = this.client): string[] {
    return client.events.splice(0);
  }
}

export interface CreateOptions {
  readonly flags: number;
  readonly data: Uint8Array | null;
  readonly acl: readonly Acl[];
  readonly client: Client;
}

/** The request of a create. */
export function createBody(path: string, fields: object = {}): object {
  return { path, data: null, acl: OPEN, flags: 0, ...fields };
}

function note(events: readonly WatchEvent[]): void {
  for (const { watcher, type, path } of events) (watcher as Client).events.push(`${type} ${path}`);
}
