import { createHash, timingSafeEqual } from "node:crypto";

/** A secret token of which only the digest is kept: others can be compared with it, and nothing else. */
export class TokenDigest {
  readonly #digest: Uint8Array;

  constructor(token: string) {
    this.#digest = digestOf(token);
  }

  /** Takes as long whatever differs, and wherever. */
  matches(candidate: string | undefined): boolean {
    return candidate !== undefined && timingSafeEqual(digestOf(candidate), this.#digest);
  }
}

function digestOf(token: string): Uint8Array {
  return createHash("sha256").update(token).digest();
}
