import { createHash } from "node:crypto";
import { abortable } from "../async/abortable.ts";
import { isStorageError } from "../storage/errors.ts";
import type { Bytes } from "../storage/storage.ts";
import { StateError } from "./errors.ts";

/** What a content must be. */
export interface Measure {
  /** In bytes. */
  length: number;
  /** 64 hexadecimal digits. */
  sha256: string;
}

/**
 * The content, if it is as long as it should be and has the checksum. The last piece is held back until
 * that is known, so that whoever counts never takes a damaged content for whole.
 * @throws {StateError} `broken` instead of giving the last piece
 */
export async function* verified(
  content: Bytes,
  { name, expected }: { name: string; expected: Measure },
): AsyncGenerator<Uint8Array, void, void> {
  const hash = createHash("sha256");
  let length = 0;
  let held: Uint8Array | undefined;
  for await (const piece of content) {
    // An empty one in the end would let go of the last that has bytes.
    if (piece.length === 0) continue;
    hash.update(piece);
    length += piece.length;
    if (length > expected.length) break;
    if (held !== undefined) yield held;
    held = piece;
  }
  const damage = damageOf({ length, sha256: hash.digest("hex") }, expected);
  if (damage !== undefined) throw new DamagedContentError(name, damage);
  if (held !== undefined) yield held;
}

/** In what a content differs from what it must be. */
export interface Damage {
  kind: "wrong-length" | "wrong-checksum";
  /** A clause. */
  detail: string;
}

/** A content that is not what was written. */
export class DamagedContentError extends StateError {
  readonly damage: Damage;

  constructor(name: string, damage: Damage) {
    super("broken", `${name} is broken: ${damage.detail}`);
    this.damage = damage;
  }
}

function damageOf(found: Measure, expected: Measure): Damage | undefined {
  const length = (detail: string): Damage => ({ kind: "wrong-length", detail });
  if (found.length > expected.length) {
    return length(`its blob is longer than ${expected.length} bytes`);
  }
  if (found.length < expected.length) {
    return length(`its blob has ${found.length} bytes of ${expected.length}`);
  }
  if (found.sha256 === expected.sha256) return undefined;
  return { kind: "wrong-checksum", detail: "its blob does not have its checksum" };
}

/**
 * Passes a content on and says in the end what it was, unless it is longer than allowed. Ends with the
 * signal, whether or not another piece ever comes.
 * @throws {StateError} `too-large`
 */
export async function* measured(
  content: Bytes,
  { maxBytes, onEnd, signal }: {
    maxBytes: number;
    onEnd: (measure: Measure) => void;
    signal: AbortSignal;
  },
): AsyncGenerator<Uint8Array, void, void> {
  const hash = createHash("sha256");
  let length = 0;
  for await (const piece of untilAborted(content, signal)) {
    length += piece.length;
    if (length > maxBytes) {
      throw new StateError("too-large", `The content is longer than ${maxBytes} bytes`);
    }
    hash.update(piece);
    yield piece;
  }
  onEnd({ length, sha256: hash.digest("hex") });
}

async function* untilAborted(
  content: Bytes,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const pieces = content[Symbol.asyncIterator]();
  let isDone = false;
  try {
    while (true) {
      const next = await abortable(pieces.next(), signal);
      isDone = next.done === true;
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // Not waited for: who does not give the next piece may not take the end of them either.
    if (!isDone) pieces.return?.().catch(() => {});
  }
}

/** Reads a content to its end without keeping it. */
export async function drain(
  content: Bytes,
  onPiece: (length: number) => void = () => {},
): Promise<void> {
  for await (const piece of content) onPiece(piece.length);
}

/** The content with its first piece read already, so that a blob that is missing shows at once. */
export async function begun(content: Bytes): Promise<Bytes | undefined> {
  const pieces = content[Symbol.asyncIterator]();
  let first: IteratorResult<Uint8Array>;
  try {
    first = await pieces.next();
  } catch (error) {
    if (isStorageError(error, "not-found")) return undefined;
    throw error;
  }
  return resumed(first, pieces);
}

async function* resumed(
  first: IteratorResult<Uint8Array>,
  pieces: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    for (let next = first; !next.done; next = await pieces.next()) yield next.value;
  } finally {
    await pieces.return?.();
  }
}
