import assert from "node:assert/strict";
import { Database } from "../../../../src/quorum/tree/database.ts";
import { type Transaction, transactionCodec } from "../../../../src/quorum/tree/transaction.ts";
import { JuteReader, ProtocolError } from "../../../../src/zookeeper/wire/jute_reader.ts";
import { JuteWriter } from "../../../../src/zookeeper/wire/jute_writer.ts";
import { type RandomSource, randomSource } from "../../election/random_source.ts";
import { contentsOf, inPieces } from "./contents.ts";
import { RandomProgram } from "./program.ts";
import { OPEN, World } from "./world.ts";

const RUNS = 200;
const STEPS = 150;

/** The transaction as it comes back from the log. */
function logged(transaction: Transaction): Transaction {
  const writer = new JuteWriter();
  transactionCodec.write(writer, transaction);
  return transactionCodec.read(new JuteReader(writer.finishPayload()));
}

/** A snapshot that is taken while the program goes on, and the transactions since its start. */
function takeSlowly(program: RandomProgram, random: RandomSource) {
  const pieces = program.database.snapshot({ pieceBytes: 1 })[Symbol.iterator]();
  const taken: Uint8Array[] = [];
  const log: Transaction[] = [];
  for (let piece = pieces.next(); !piece.done; piece = pieces.next()) {
    taken.push(piece.value);
    for (let steps = random.below(4); steps > 0; steps--) log.push(logged(program.step()));
  }
  return { taken, log };
}

Deno.test("Database.restore() with all transactions since is the living database, at any moment of writing", async () => {
  const random = randomSource();
  for (let run = 0; run < RUNS; run++) {
    const seed = random.below(2 ** 31);
    const source = randomSource(seed);
    const program = new RandomProgram(source);
    for (let step = source.below(STEPS); step > 0; step--) program.step();
    const { taken, log } = takeSlowly(program, source);
    // What comes later hides what the replay left undone: mostly little comes.
    for (let step = source.below(8) ** 2; step > 0; step--) log.push(logged(program.step()));
    const restored = await Database.restore(inPieces(taken));
    for (const transaction of log) restored.replay(transaction);
    const message = `${random.seed}, run ${run}, seed ${seed}`;
    assert.deepEqual(await contentsOf(restored), await contentsOf(program.database), message);
    assert.ok(restored.isWhole);
  }
});

Deno.test("Database.replay() of everything is the living database", async () => {
  const random = randomSource();
  const program = new RandomProgram(random);
  const database = new Database();
  for (let step = 0; step < 2000; step++) database.replay(logged(program.step()));
  assert.deepEqual(await contentsOf(database), await contentsOf(program.database), random.seed);
});

Deno.test("Database.replay() leaves alone what is done already", async () => {
  const random = randomSource();
  const program = new RandomProgram(random);
  const log = Array.from({ length: 300 }, () => program.step());
  const before = await contentsOf(program.database);
  for (const transaction of log) program.database.replay(transaction);
  assert.deepEqual(await contentsOf(program.database), before, random.seed);
});

Deno.test("Database.restore() takes pieces that are cut anywhere", async () => {
  const random = randomSource();
  const program = new RandomProgram(random);
  for (let step = 0; step < 300; step++) program.step();
  const whole = new Uint8Array([...program.database.snapshot({ pieceBytes: 100 })].flatMap(
    (piece) => [...piece],
  ));
  const parts: Uint8Array[] = [];
  for (let at = 0; at < whole.length;) {
    const length = random.below(50);
    parts.push(whole.subarray(at, at + length));
    at += length;
  }
  const restored = await Database.restore(inPieces(parts));
  assert.deepEqual(await contentsOf(restored), await contentsOf(program.database), random.seed);
});

Deno.test("Database.snapshot() makes pieces of bounded size, but for large data", () => {
  const world = new World();
  for (let index = 0; index < 2000; index++) world.create(`/node-${index}`);
  world.create("/large", { data: new Uint8Array(900_000) });
  const sizes = [...world.database.snapshot()].map(({ length }) => length);
  assert.ok(sizes.length > 3);
  assert.equal(sizes.filter((size) => size > 66_000).length, 1);
});

Deno.test("Database.isWhole tells that the log ends before the end of its snapshot", async () => {
  const world = new World();
  world.create("/a");
  const pieces = world.database.snapshot({ pieceBytes: 1 })[Symbol.iterator]();
  const taken = [pieces.next().value!];
  const { transaction } = world.write("setData", { path: "/a", data: null, version: -1 });
  for (let piece = pieces.next(); !piece.done; piece = pieces.next()) taken.push(piece.value);
  const restored = await Database.restore(inPieces(taken));
  assert.equal(restored.isWhole, false);
  restored.replay(transaction);
  assert.equal(restored.isWhole, true);
});

Deno.test("Database.replay() passes over changes of nodes that were gone before the snapshot came to them", async () => {
  const world = new World();
  world.create("/p");
  const pieces = world.database.snapshot({ pieceBytes: 1 })[Symbol.iterator]();
  const taken = [pieces.next().value!];
  world.create("/p/c", { flags: 1 });
  world.setData("/p/c", "1");
  world.write("setACL", { path: "/p/c", acl: OPEN, version: -1 });
  world.write("closeSession", undefined);
  world.setData("/p", "1");
  world.delete("/p");
  for (let piece = pieces.next(); !piece.done; piece = pieces.next()) taken.push(piece.value);
  const restored = await Database.restore(inPieces(taken));
  for (const transaction of world.transactions) restored.replay(logged(transaction));
  assert.deepEqual(await contentsOf(restored), await contentsOf(world.database));
});

Deno.test("Database.restore() keeps a node that refused multis delete, and the snapshot has an end", async () => {
  const world = new World();
  world.create("/a");
  world.create("/a/b");
  const pieces = world.database.snapshot({ pieceBytes: 1 })[Symbol.iterator]();
  const taken: Uint8Array[] = [];
  const log: Transaction[] = [];
  for (let piece = pieces.next(); !piece.done; piece = pieces.next()) {
    taken.push(piece.value);
    const { transaction } = world.write("multi", [
      { operation: "delete", body: { path: "/a/b", version: -1 } },
      { operation: "check", body: { path: "/none", version: -1 } },
    ]);
    log.push(transaction);
    assert.equal(transaction.change.kind, "error");
    if (log.length > 100) throw new Error("the snapshot has no end");
  }
  const restored = await Database.restore(inPieces(taken));
  for (const transaction of log) restored.replay(transaction);
  assert.deepEqual(await contentsOf(restored), await contentsOf(world.database));
});

Deno.test("Database.restore() refuses what is no whole snapshot", async () => {
  const world = new World();
  world.create("/a");
  const pieces = [...world.database.snapshot({ pieceBytes: 1 })];
  await assert.rejects(Database.restore(inPieces([])), ProtocolError);
  await assert.rejects(Database.restore(inPieces(pieces.slice(0, -1))), ProtocolError);
  await assert.rejects(Database.restore(inPieces(pieces.slice(1))), ProtocolError);
  const [first] = pieces;
  const newer = first!.slice();
  newer[11] = 99;
  await assert.rejects(Database.restore(inPieces([newer])), /its format is 99/);
});

Deno.test("Database.restore() takes a node as long as the longest frame that a server can be told to take", async () => {
  const world = new World();
  world.create("/a", { data: new Uint8Array(64 * 1024 * 1024).fill(7) });
  const restored = await Database.restore(inPieces(world.database.snapshot()));
  assert.equal(restored.approximateDataSize, world.database.approximateDataSize);
});
