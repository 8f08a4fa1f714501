// A terminal takes these as orders. Tab, line feed and carriage return are text.
// deno-lint-ignore no-control-regex
const ORDERS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

/** Says of a content, piece by piece, whether it is text that a terminal can show. */
export class TextCheck {
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });

  isText(piece: Uint8Array): boolean {
    try {
      // The last character may go on in the next piece.
      return !ORDERS.test(this.#decoder.decode(piece, { stream: true }));
    } catch {
      return false;
    }
  }
}

/** Text of others, made harmless for a terminal and for a line of its own. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?");
}
