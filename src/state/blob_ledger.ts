import { newBlobName, parseBlobName } from "./blob_name.ts";

/** What a ledger knew at a moment. */
export interface LedgerMark {
  /** Whether this blob may be one that its writer has yet to point to. */
  mayBeUnderWay(blob: string): boolean;
}

/** The blobs that one leadership writes, until it is known whether a pointer leads to them. */
export class BlobLedger {
  readonly #epoch: bigint;
  readonly #underWay = new Set<string>();
  #sequence = 0;

  constructor(epoch: bigint) {
    this.#epoch = epoch;
  }

  /** Names a new blob of an entry, which is under way until `end`. */
  begin(entry: string): string {
    this.#sequence += 1;
    const blob = newBlobName({ entry, epoch: this.#epoch, sequence: this.#sequence });
    this.#underWay.add(blob);
    return blob;
  }

  /** Its pointer was written, or never will be. */
  end(blob: string): void {
    this.#underWay.delete(blob);
  }

  /**
   * A mark that is set before blobs are listed and pointers read tells, afterwards, which of the blobs
   * without a pointer may still get one. Those of a later epoch are the business of its leader.
   */
  mark(): LedgerMark {
    const underWay = new Set(this.#underWay);
    const sequence = this.#sequence;
    return {
      mayBeUnderWay: (blob) => {
        const label = parseBlobName(blob);
        if (label === undefined || label.epoch > this.#epoch) return true;
        return label.epoch === this.#epoch && (label.sequence > sequence || underWay.has(blob));
      },
    };
  }
}
