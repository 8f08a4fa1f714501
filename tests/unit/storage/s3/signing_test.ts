import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { sign, type Unsigned } from "../../../../src/storage/s3/signing.ts";
import { signatureFault } from "../../../support/s3_signature.ts";

const credentials = {
  accessKey: "AKIAIOSFODNN7EXAMPLE",
  secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  sessionToken: undefined,
};
const at = new Date("2013-05-24T00:00:00Z");
const region = "us-east-1";
const HOST = "examplebucket.s3.amazonaws.com";

interface KnownAnswer {
  request: Unsigned;
  signedHeaders: string;
  signature: string;
}

// "Signature Calculations for the Authorization Header: Transferring Payload in a Single Chunk",
// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
const KNOWN_ANSWERS: Record<string, KnownAnswer> = {
  "GET Object": {
    request: {
      method: "GET",
      url: new URL(`https://${HOST}/test.txt`),
      headers: { range: "bytes=0-9" },
    },
    signedHeaders: "host;range;x-amz-content-sha256;x-amz-date",
    signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  },
  "PUT Object": {
    request: {
      method: "PUT",
      url: new URL(`https://${HOST}/test%24file.text`),
      headers: {
        date: "Fri, 24 May 2013 00:00:00 GMT",
        "x-amz-storage-class": "REDUCED_REDUNDANCY",
      },
      sha256: createHash("sha256").update("Welcome to Amazon S3.").digest("hex"),
    },
    signedHeaders: "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
    signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
  },
  "GET Bucket Lifecycle": {
    request: { method: "GET", url: new URL(`https://${HOST}/?lifecycle`), headers: {} },
    signedHeaders: "host;x-amz-content-sha256;x-amz-date",
    signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
  },
  "GET Bucket (List Objects)": {
    request: { method: "GET", url: new URL(`https://${HOST}/?max-keys=2&prefix=J`), headers: {} },
    signedHeaders: "host;x-amz-content-sha256;x-amz-date",
    signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
  },
};

function verify(request: Unsigned, signed: Record<string, string>, sessionToken?: string) {
  const keys = new Map([
    [credentials.accessKey, { secretKey: credentials.secretKey, sessionToken }],
  ]);
  const headers = new Headers({ ...signed, host: request.url.host });
  return signatureFault({ ...request, headers }, { keys, region, now: at.getTime() });
}

for (const [name, { request, signedHeaders, signature }] of Object.entries(KNOWN_ANSWERS)) {
  Deno.test(`sign() gives the signature of Amazon's example ${name}, and the test server takes it`, async () => {
    const signed = await sign(request, credentials, { region, at, keys: new Map() });
    assert.equal(
      signed.authorization,
      `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, ` +
        `SignedHeaders=${signedHeaders}, Signature=${signature}`,
    );
    assert.equal(signed["x-amz-date"], "20130524T000000Z");
    assert.equal(verify(request, signed), undefined);
  });
}

Deno.test("sign() signs paths and queries as they travel", async () => {
  for (
    const path of [
      "/bucket/with%20space/a%2Bb~c-d_e.f%21%27%28%29%2A%C3%A4",
      "/bucket//double/./x",
      "/?list-type=2&prefix=a%2Fb%20c%2Bd&continuation-token=1%2Fx%3D%3D&delimiter=%2F",
      "/key?uploads=",
    ]
  ) {
    const request = { method: "GET", url: new URL(`http://host:9000${path}`), headers: {} };
    const signed = await sign(request, credentials, { region, at, keys: new Map() });
    assert.equal(verify(request, signed), undefined, path);
  }
});

Deno.test("sign() sends and signs the session token", async () => {
  const sessionToken = "token/+=";
  const { request } = KNOWN_ANSWERS["GET Object"]!;
  const signed = await sign(request, { ...credentials, sessionToken }, {
    region,
    at,
    keys: new Map(),
  });
  assert.equal(signed["x-amz-security-token"], sessionToken);
  assert.match(signed.authorization!, /x-amz-security-token/);
  assert.equal(verify(request, signed, sessionToken), undefined);
});

Deno.test("the test server refuses what was changed after it was signed", async () => {
  const { request } = KNOWN_ANSWERS["PUT Object"]!;
  const signed = await sign(request, credentials, { region, at, keys: new Map() });
  const codeOf = (changed: Partial<Unsigned>, headers: Record<string, string> = {}) =>
    verify({ ...request, ...changed }, { ...signed, ...headers })?.code;
  assert.equal(codeOf({ method: "DELETE" }), "SignatureDoesNotMatch");
  assert.equal(codeOf({ url: new URL(`https://${HOST}/other`) }), "SignatureDoesNotMatch");
  assert.equal(codeOf({ url: new URL("https://other/test%24file.text") }), "SignatureDoesNotMatch");
  assert.equal(codeOf({}, { "x-amz-content-sha256": "0" }), "SignatureDoesNotMatch");
  assert.equal(codeOf({}, { "x-amz-acl": "public-read" }), "AccessDenied");
  assert.equal(codeOf({}, { "x-amz-date": "20130525T000000Z" }), "RequestTimeTooSkewed");
});
