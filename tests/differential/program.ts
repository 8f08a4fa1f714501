import { AddWatchMode } from "../../src/zookeeper/wire/constants.ts";
import type { RandomSource } from "../unit/election/random_source.ts";
import type { Answer } from "./client.ts";
import { CREDENTIALS } from "./identities.ts";
import { isPlannedOtherwise, modeFor, PERSISTENT_CLIENT, Requests } from "./requests.ts";
import type { ReconnectManner, Request, Step, WatchLists } from "./step.ts";
import { Targets } from "./targets.ts";

/** How many clients a program has. */
export const CLIENT_COUNT = CREDENTIALS.length;

const MANNERS: readonly ReconnectManner[] = ["lost", "lost", "taken", "guessed", "ahead"];
// Nobody that an ACL names: clients stay different.
const FURTHER_CREDENTIALS = "w:p";
const MOST_AT_ONCE = 12;
// These take long; and the shortest program has some.
const STEPS_PER_RESTART = 450;
const STEPS_PER_EXPIRY = 200;

/** An endless random program of steps. */
export class Program {
  readonly #random: RandomSource;
  readonly #targets: Targets;
  readonly #requests: Requests;
  #steps = 0;
  // The first client may do everything, so that nothing stays for ever that nobody else may delete.
  #due: Step[] = CREDENTIALS.flatMap((_, client) => introduction(client));

  constructor(random: RandomSource) {
    this.#random = random;
    this.#targets = new Targets(random);
    this.#requests = new Requests(random, this.#targets);
  }

  /** Tells the program what its last step was answered: so it aims at what is there. */
  learn(step: Step, answers: readonly Answer[]): void {
    if (step.kind !== "ask") return;
    for (const [index, { error, body }] of answers.entries()) {
      const { name, body: asked } = step.requests[index]!;
      const { path, watch } = (asked ?? {}) as { path?: string; watch?: boolean };
      if (path !== undefined && (watch || name === "addWatch")) {
        this.#targets.watched(step.client, path);
      }
      if (error !== 0) continue;
      if (name.startsWith("create")) this.#targets.created((body as { path: string }).path);
      if (name === "setData") this.#targets.changed(path!);
      if (name === "delete") this.#targets.deleted(path!);
    }
  }

  next(): Step {
    this.#steps++;
    if (this.#steps % STEPS_PER_RESTART === 0) return { kind: "restart" };
    if (this.#steps % STEPS_PER_EXPIRY === 0) {
      return { kind: "expire", paths: [this.#targets.any(), this.#targets.any()] };
    }
    return this.#due.shift() ?? this.#any();
  }

  #any(): Step {
    const client = this.#below(CLIENT_COUNT);
    const kind = this.#below(1000);
    if (kind < 15) return this.#reconnect(client);
    if (kind < 21) return this.#leave(client);
    if (kind < 29) return { kind: "authenticate", client, credentials: FURTHER_CREDENTIALS };
    if (kind < 100) return { kind: "ask", client, requests: this.#atOnce(client) };
    return { kind: "ask", client, requests: [this.#requests.next(client)] };
  }

  // A ping is answered out of turn.
  #atOnce(client: number): Request[] {
    const length = 2 + this.#below(MOST_AT_ONCE - 1);
    return Array.from({ length }, () => this.#requests.next(client))
      .filter((request) => !isPlannedOtherwise(request) && request.name !== "ping");
  }

  // A new connection has to say again who it is.
  #reconnect(client: number): Step {
    this.#due.push(...introduction(client));
    const isPersistent = client === PERSISTENT_CLIENT;
    return {
      kind: "reconnect",
      client,
      manner: MANNERS[this.#below(MANNERS.length)]!,
      transactionsAgo: this.#below(this.#below(2) === 0 ? 3 : 20),
      operation: isPersistent || this.#below(2) === 0 ? "setWatches2" : "setWatches",
      watches: isPersistent ? this.#persistentWatches() : this.#standardWatches(),
    };
  }

  #leave(client: number): Step {
    this.#due.push(...introduction(client));
    return { kind: "leave", client };
  }

  #standardWatches(): WatchLists {
    const some = () => Array.from({ length: 4 }, () => this.#targets.view());
    return {
      data: [...some(), this.#targets.latest],
      exist: some(),
      child: some(),
      persistent: [],
      persistentRecursive: [],
    };
  }

  #persistentWatches(): WatchLists {
    const some = Array.from({ length: 4 }, () => this.#targets.view());
    const of = (mode: number) => some.filter((path) => modeFor(path) === mode);
    return {
      data: [],
      exist: [],
      child: [],
      persistent: of(AddWatchMode.persistent),
      persistentRecursive: of(AddWatchMode.persistentRecursive),
    };
  }

  #below(limit: number): number {
    return this.#random.below(limit);
  }
}

function introduction(client: number): Step[] {
  const credentials = CREDENTIALS[client]!;
  return credentials === "" ? [] : [{ kind: "authenticate", client, credentials }];
}
