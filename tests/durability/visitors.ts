import type { RandomSource } from "../unit/election/random_source.ts";
import { Connection, type Session } from "./connection.ts";
import type { Ledger } from "./ledger.ts";

const OPEN = [{ permissions: 31, id: { scheme: "world", id: "anyone" } }];
const LIMIT = 20;

interface Visit {
  readonly session: Session;
  readonly path: string;
  /** Whether the server has said that the node of the session is there. */
  hasNode: boolean;
  /** Whether the session was closed, as far as the server has said. */
  state: "open" | "unknown" | "closed";
}

/** Sessions that come, leave an ephemeral node, and go; some are in between when the server dies. */
export class Visitors {
  readonly #random: RandomSource;
  readonly #ledger: Ledger;
  #visits: Visit[] = [];
  #count = 0;

  constructor(options: { random: RandomSource; ledger: Ledger }) {
    this.#random = options.random;
    this.#ledger = options.ledger;
  }

  /** Comes and goes until the server is gone. */
  async visit(port: number): Promise<void> {
    while (await this.#once(port));
  }

  /** Looks after every session that was acknowledged; called when the server is back. */
  async verify(port: number): Promise<void> {
    for (const visit of this.#visits) await this.#verifyVisit(port, visit);
    this.#visits = this.#visits.filter(({ state }) => state === "open").slice(-LIMIT);
  }

  async #once(port: number): Promise<boolean> {
    const path = `/visit-${++this.#count}`;
    await using connection = await Connection.openIfServed(port);
    if (connection === undefined) return false;
    this.#ledger.sessionsOpened++;
    const { sessionId, password } = connection.session;
    const visit: Visit = { session: { sessionId, password }, path, hasNode: false, state: "open" };
    // From here on: a session that was acknowledged must be there, whatever becomes of its node.
    this.#visits.push(visit);
    const answer = await connection.ask("create", { path, data: null, acl: OPEN, flags: 1 });
    if (answer === undefined) return false;
    if (answer.error !== 0) this.#ledger.fail(`${path}: create gave ${answer.error}`);
    visit.hasNode = true;
    return this.#random.below(3) > 0 || await this.#leave(connection, visit);
  }

  async #leave(connection: Connection, visit: Visit): Promise<boolean> {
    visit.state = "unknown";
    const answer = await connection.ask("closeSession", undefined);
    if (answer === undefined) return false;
    this.#ledger.saw(answer.zxid);
    visit.state = "closed";
    this.#ledger.sessionsClosed++;
    return true;
  }

  async #verifyVisit(port: number, visit: Visit): Promise<void> {
    await using connection = await Connection.open(port, visit.session);
    const isThere = connection.session.sessionId === visit.session.sessionId;
    if (visit.state === "closed" && isThere) {
      this.#ledger.fail(`the session of ${visit.path} was closed, and is there again`);
    }
    if (visit.state === "open" && !isThere) {
      this.#ledger.fail(`the session of ${visit.path} is lost`);
    }
    if (isThere) {
      this.#ledger.sessionsTakenUp++;
      visit.state = "open";
    }
    await this.#verifyNode(port, visit, isThere);
  }

  async #verifyNode(port: number, visit: Visit, isExpected: boolean): Promise<void> {
    const { path } = visit;
    await using connection = await Connection.open(port);
    const answer = await connection.ask("exists", { path, watch: false });
    const isThere = answer?.error === 0;
    if (isThere !== isExpected && (isThere || visit.hasNode)) {
      this.#ledger.fail(`${path} is ${isExpected ? "gone before" : "there after"} its session`);
    }
    visit.hasNode = isThere;
    await connection.ask("closeSession", undefined);
  }
}
