import assert from "node:assert/strict";
import {
  parseBoolean,
  parseLength,
  parseListing,
  parseListingPage,
  redirectOf,
  UnexpectedAnswer,
} from "../../../../src/storage/hdfs/answers.ts";
import type { HttpAnswer } from "../../../../src/storage/http_exchange.ts";

const FILE = { pathSuffix: "a", length: 3, type: "FILE" };

function redirect(location: string | undefined, from = "http://nn:9870/webhdfs/v1/x?op=OPEN") {
  const answer = {
    status: 307,
    headers: new Headers(location === undefined ? {} : { location }),
    discard() {},
  } as HttpAnswer;
  return redirectOf(answer, new URL(from))?.href;
}

Deno.test("parseListing() gives files, and neither folders nor the file itself nor nonsense", () => {
  const statuses = [
    FILE,
    { ...FILE, type: "DIRECTORY" },
    { ...FILE, pathSuffix: "" },
    { ...FILE, length: -1 },
    { ...FILE, pathSuffix: 5 },
    null,
  ];
  assert.deepEqual(parseListing({ FileStatuses: { FileStatus: statuses } }), [
    { name: "a", length: 3 },
  ]);
});

Deno.test("parseListingPage() continues after the last entry, whatever it is, if some remain", () => {
  const page = (remainingEntries: number) => ({
    DirectoryListing: {
      partialListing: {
        FileStatuses: { FileStatus: [FILE, { ...FILE, pathSuffix: "b", type: "DIRECTORY" }] },
      },
      remainingEntries,
    },
  });
  assert.equal(parseListingPage(page(5)).continueAfter, "b");
  assert.equal(parseListingPage(page(0)).continueAfter, undefined);
});

Deno.test("the parsers refuse what is no answer, and show its beginning", () => {
  const parsers = [parseBoolean, parseLength, parseListing, parseListingPage];
  for (const parse of parsers) {
    for (const json of [null, 5, [], {}, { FileStatus: { length: "3" } }]) {
      assert.throws(() => parse(json), UnexpectedAnswer);
    }
    const long = { text: "x".repeat(1000) };
    assert.throws(() => parse(long), (error: Error) => error.message.length < 200);
  }
});

Deno.test("redirectOf() gives the place, also one that is relative", () => {
  assert.equal(redirect("http://dn:9864/x?a=b"), "http://dn:9864/x?a=b");
  assert.equal(redirect("/webhdfs/v1/x?data=true"), "http://nn:9870/webhdfs/v1/x?data=true");
  assert.equal(redirect("https://dn:9865/x"), "https://dn:9865/x");
});

Deno.test("redirectOf() refuses other protocols, less safe ones and nowhere, and shows no query", () => {
  const from = "https://nn:9871/x";
  for (
    const location of ["ftp://dn/x?delegation=SECRET", "file:///etc/passwd", "http://[", undefined]
  ) {
    assert.throws(() => redirect(location), (error: Error) => {
      return error instanceof UnexpectedAnswer && !error.message.includes("SECRET");
    });
  }
  assert.throws(() => redirect("http://dn:9864/x", from), /never from HTTPS to HTTP/);
});
