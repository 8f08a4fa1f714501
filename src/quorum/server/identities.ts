import { createHash } from "node:crypto";
import type { Id } from "../../zookeeper/wire/records.ts";

/** An identity that was shown, or none if it is not accepted. */
export function identify(
  shown: { scheme: string; credentials: Uint8Array | null },
  context: { host: string; superDigest?: string },
): readonly Id[] | undefined {
  switch (shown.scheme) {
    case "ip":
      return [{ scheme: "ip", id: context.host }];
    case "digest":
      return shown.credentials === null ? undefined : digestIds(shown.credentials, context);
    default:
      return undefined;
  }
}

/** Whom an identity names, without what only servers need to know. */
export function userName({ scheme, id }: Id): string {
  return scheme === "digest" ? id.slice(0, Math.max(0, id.indexOf(":"))) : id;
}

function digestIds(credentials: Uint8Array, context: { superDigest?: string }): Id[] {
  const text = new TextDecoder().decode(credentials);
  const user = text.split(":", 1)[0]!;
  const id = `${user}:${createHash("sha1").update(text).digest("base64")}`;
  const ids = [{ scheme: "digest", id }];
  return id === context.superDigest ? [{ scheme: "super", id: "" }, ...ids] : ids;
}
