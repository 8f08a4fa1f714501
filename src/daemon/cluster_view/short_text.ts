const MAX_TEXT = 255;

/** Text of others on one line, without orders to a terminal, and no longer than a name needs. */
export function shortText(text: string, maxLength = MAX_TEXT): string {
  const line = text.slice(0, maxLength + 1).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?");
  return line.length > maxLength ? `${line.slice(0, maxLength - 1)}…` : line;
}
