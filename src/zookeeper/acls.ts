import { Permission } from "./wire/constants.ts";
import type { Acl } from "./wire/records.ts";

/** Anyone may do anything (`open`). */
export const OPEN_ACL: readonly Acl[] = [
  { permissions: Permission.all, id: { scheme: "world", id: "anyone" } },
];

/** Only who created the node may do anything with it (`creator`); needs an authenticated session. */
export const CREATOR_ACL: readonly Acl[] = [
  { permissions: Permission.all, id: { scheme: "auth", id: "" } },
];

/** Anyone may read. */
export const READ_ACL: readonly Acl[] = [
  { permissions: Permission.read, id: { scheme: "world", id: "anyone" } },
];
