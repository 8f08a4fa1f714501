import assert from "node:assert/strict";
import { exchange } from "../../../src/storage/http_exchange.ts";
import { RawServer } from "../../support/raw_server.ts";
import { TestFolder } from "../../unit/daemon/test_folder.ts";

const CHILD = new URL("https_child.ts", import.meta.url).pathname;

async function run(program: string, args: string[], env: Record<string, string> = {}) {
  const { success, stdout, stderr } = await new Deno.Command(program, { args, env }).output();
  const text = new TextDecoder();
  assert.ok(success, text.decode(stderr));
  return text.decode(stdout);
}

/** Makes an authority, and a certificate of it for localhost and 127.0.0.1. */
async function makeCertificate(folder: TestFolder) {
  const path = (name: string) => folder.path(name);
  const newKey = ["-newkey", "rsa:2048", "-nodes", "-days", "2"];
  const names = "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n";
  await Deno.writeTextFile(path("names"), names);
  const openssl = (...args: string[]) => run("openssl", args);
  const authority = [
    "-keyout",
    path("ca.key"),
    "-out",
    path("ca.pem"),
    "-subj",
    "/CN=Test authority",
  ];
  await openssl("req", "-x509", ...newKey, ...authority);
  await openssl("req", ...newKey, "-keyout", path("key"), "-out", path("csr"), "-subj", "/CN=test");
  const signing = [
    "-CA",
    path("ca.pem"),
    "-CAkey",
    path("ca.key"),
    "-CAcreateserial",
    "-days",
    "2",
  ];
  await openssl(
    "x509",
    "-req",
    "-in",
    path("csr"),
    ...signing,
    "-extfile",
    path("names"),
    "-out",
    path("cert"),
  );
  const read = (name: string) => Deno.readTextFile(path(name));
  return { cert: await read("cert"), key: await read("key"), authority: path("ca.pem") };
}

Deno.test("exchange() speaks TLS with whom an authority of the host vouches for, by name and address", async () => {
  await using folder = await TestFolder.create();
  const certificate = await makeCertificate(folder);
  await using server = RawServer.start(async (visit) => {
    await visit.count(1_000_000);
    await visit.say("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nyes");
  }, { certificate });
  const url = (host: string) => `https://${host}:${server.port}/`;
  const deno = ["run", "--allow-all", "--no-check", CHILD, url("127.0.0.1"), url("localhost")];
  const said = await run(Deno.execPath(), deno, { DENO_CERT: certificate.authority });
  assert.equal(said, "200 yes\n200 yes\n");
});

Deno.test("exchange() refuses a certificate that nobody vouches for, or of another name", async () => {
  await using folder = await TestFolder.create();
  const certificate = await makeCertificate(folder);
  await using server = RawServer.start(async (visit) => void await visit.count(1), { certificate });
  await using plain = RawServer.start((visit) => visit.say("HTTP/1.1 400 Bad\r\n\r\n"));
  const { signal } = new AbortController();
  const url = new URL(`https://127.0.0.1:${server.port}/`);
  const request = { method: "GET", url, timeoutMs: 10_000, signal };
  const refused = { kind: "unavailable", wasSent: false };
  await assert.rejects(exchange(request), { ...refused, message: /UnknownIssuer/ });
  await assert.rejects(
    exchange({ ...request, url: new URL(`https://127.0.0.1:${plain.port}/`) }),
    refused,
  );
  await using other = RawServer.start(async (visit) => void await visit.count(1), {
    certificate,
    hostname: "127.0.0.2",
  });
  const deno = ["run", "--allow-all", "--no-check", CHILD, `https://127.0.0.2:${other.port}/`];
  const said = await run(Deno.execPath(), deno, { DENO_CERT: certificate.authority });
  assert.match(said, /^unavailable .*not valid for name/);
});
