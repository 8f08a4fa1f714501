import assert from "node:assert/strict";
import { Account, type Write } from "../../../faults/state/account.ts";

const EPOCH = 100n;
const LATER = 200n;

/** An entry with one put that was acknowledged as version 10. */
function accountWithPut(): { account: Account; first: Write } {
  const account = new Account("a");
  const first = account.begin("put", EPOCH);
  account.written(first, { version: 10n, epoch: EPOCH, isNew: true });
  return { account, first };
}

function put(account: Account, version: bigint, epoch = EPOCH): Write {
  const write = account.begin("put", epoch);
  account.written(write, { version, epoch, isNew: false });
  return write;
}

function assertFine({ complaints }: Account): void {
  assert.deepEqual(complaints, []);
}

function assertComplaint({ complaints }: Account, pattern: RegExp): void {
  assert.match(complaints.join("\n"), pattern);
}

const seen = ({ number, epoch }: Write, version: bigint) => ({ number, epoch, version });

Deno.test("Account accepts puts, replacements and deletions that went as they were told", () => {
  const { account, first } = accountWithPut();
  const second = put(account, 11n);
  account.observed([seen(second, 11n), seen(first, 10n)], EPOCH);
  account.deleted(account.begin("delete", EPOCH, { version: 11n }));
  account.observed([], LATER);
  account.refused(account.begin("delete", LATER), null);
  const third = account.begin("put", LATER, "absent");
  account.written(third, { version: 20n, epoch: LATER, isNew: true });
  account.observed([seen(third, 20n)], LATER);
  assert.equal(account.version, 20n);
  assertFine(account);
});

Deno.test("Account complains of an acknowledged put that is gone, or older than acknowledged", () => {
  const gone = accountWithPut();
  gone.account.observed([], LATER);
  assertComplaint(gone.account, /there is no entry, and put 1 with version 10 was certain/);
  const older = accountWithPut();
  put(older.account, 11n);
  older.account.observed([seen(older.first, 10n)], LATER);
  assertComplaint(older.account, /put 1 with version 10 is there, and put 2 .* was certain/);
});

Deno.test("Account complains of an acknowledged put that is missing among older versions", () => {
  const { account, first } = accountWithPut();
  put(account, 11n);
  const third = put(account, 12n);
  account.observed([seen(third, 12n), seen(first, 10n)], EPOCH);
  assertComplaint(account, /put 2 with version 11 is not there/);
});

Deno.test("Account complains of versions that do not grow", () => {
  const { account } = accountWithPut();
  put(account, 10n);
  assertComplaint(account, /put 2 got 10, which is not new/);
  const again = accountWithPut();
  again.account.deleted(again.account.begin("delete", EPOCH));
  const third = again.account.begin("put", LATER);
  again.account.written(third, { version: 9n, epoch: LATER, isNew: true });
  assertComplaint(again.account, /put 3 got 9, which is not new/);
});

Deno.test("Account allows a put without an answer either way, and holds on to what was seen", () => {
  const applied = accountWithPut();
  const unknown = applied.account.begin("put", EPOCH);
  applied.account.observed([seen(unknown, 11n), seen(applied.first, 10n)], LATER);
  assertFine(applied.account);
  applied.account.observed([seen(applied.first, 10n)], LATER);
  assertComplaint(applied.account, /put 2 with version 11 was certain/);

  const lost = accountWithPut();
  const never = lost.account.begin("put", EPOCH);
  lost.account.observed([seen(lost.first, 10n)], LATER);
  assertFine(lost.account);
  lost.account.observed([seen(never, 11n), seen(lost.first, 10n)], LATER);
  assertComplaint(lost.account, /put 2 with version 11 is there, and put 1 .* was certain/);
});

Deno.test("Account lets a leader end a put late that its sender gave up, and no former leader", () => {
  const { account, first } = accountWithPut();
  const givenUp = account.begin("put", EPOCH);
  const third = put(account, 11n);
  account.observed([seen(givenUp, 12n), seen(third, 11n), seen(first, 10n)], EPOCH);
  assertFine(account);
  const late = account.begin("put", EPOCH);
  const newer = put(account, 20n, LATER);
  account.observed([seen(late, 21n), seen(newer, 20n)], LATER);
  assertComplaint(account, /put 4 with version 21 is there/);
});

Deno.test("Account complains of a refused put that was done", () => {
  const { account, first } = accountWithPut();
  const refused = account.begin("put", EPOCH);
  account.refused(refused);
  const newest = put(account, 12n);
  account.observed([seen(newest, 12n), seen(refused, 11n), seen(first, 10n)], EPOCH);
  assertComplaint(account, /version 11 is put 2, which was refused/);
});

Deno.test("Account complains of a refusal of what was as expected", () => {
  const { account } = accountWithPut();
  account.refused(account.begin("put", EPOCH, { version: 10n }), 10n);
  assertComplaint(account, /put 2 was refused though it expected 10/);
  const other = accountWithPut();
  other.account.refused(other.account.begin("put", EPOCH, { version: 10n }), 12n);
  assertComplaint(other.account, /put 2 met version 12, which cannot have been there/);
  const doubtful = accountWithPut();
  doubtful.account.begin("put", EPOCH);
  doubtful.account.refused(doubtful.account.begin("put", EPOCH, { version: 10n }), 11n);
  assertFine(doubtful.account);
});

Deno.test("Account complains of a put that overwrote what it did not expect", () => {
  const { account, first } = accountWithPut();
  const between = account.begin("put", EPOCH);
  const conditional = account.begin("put", EPOCH, { version: 10n });
  account.written(conditional, { version: 12n, epoch: EPOCH, isNew: false });
  account.observed([seen(conditional, 12n), seen(between, 11n), seen(first, 10n)], EPOCH);
  assertComplaint(account, /12 stands above 11, which it did not expect/);
});

Deno.test("Account complains of a version that nobody sent, or of another epoch", () => {
  const { account, first } = accountWithPut();
  account.observed([{ number: 7, version: 11n, epoch: EPOCH }, seen(first, 10n)], EPOCH);
  assertComplaint(account, /version 11 is put 7, which nobody sent/);
  const other = accountWithPut();
  other.account.observed([{ number: 1, version: 10n, epoch: LATER }], LATER);
  assertComplaint(other.account, /version 10 is put 1 of epoch 100, and says 200/);
});

Deno.test("Account believes an answer that arrives after all was looked at, if it fits", () => {
  const { account, first } = accountWithPut();
  const slow = account.begin("put", EPOCH);
  account.observed([seen(slow, 11n), seen(first, 10n)], LATER);
  account.written(slow, { version: 11n, epoch: EPOCH, isNew: false });
  assertFine(account);
  const lost = accountWithPut();
  const late = lost.account.begin("put", EPOCH);
  lost.account.observed([seen(lost.first, 10n)], LATER);
  lost.account.written(late, { version: 11n, epoch: EPOCH, isNew: false });
  assertComplaint(lost.account, /put 2 was acknowledged, and was not there before/);
});

Deno.test("Account allows a deletion without an answer either way", () => {
  const { account, first } = accountWithPut();
  account.begin("delete", EPOCH);
  account.observed([], LATER);
  const kept = accountWithPut();
  kept.account.begin("delete", EPOCH);
  kept.account.observed([seen(kept.first, 10n)], LATER);
  kept.account.observed([], LATER);
  assertFine(account);
  assertComplaint(kept.account, /there is no entry/);
  assert.equal(first.number, 1);
});
