import assert from "node:assert/strict";
import { findToken } from "../../../../src/cli/state/token.ts";
import type { Configuration } from "../../../../src/config/configuration.ts";
import { TokenError } from "../../../../src/daemon/token_error.ts";

const LEADER = { host: "one.example", webuiPort: 8081, rpcPort: 6123 };
const OWN_FILE = `masterd-${Deno.hostname()}-8081.token`;

async function inFolder(
  files: Readonly<Record<string, string>>,
  act: (pidDir: string) => Promise<void>,
): Promise<void> {
  const pidDir = await Deno.makeTempDir({ prefix: "masterd_token_" });
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${pidDir}/${name}`, text, { mode: 0o600 });
    }
    await act(pidDir);
  } finally {
    await Deno.remove(pidDir, { recursive: true });
  }
}

async function find(
  pidDir: string,
  options: { tokenFile?: string; isLocal?: boolean } = {},
): Promise<string> {
  const { tokenFile, isLocal = true } = options;
  const configuration = { tokenFile, env: { pidDir } } as Configuration;
  return (await findToken(configuration, LEADER, () => isLocal)).token;
}

function fails(act: Promise<unknown>, message: RegExp): Promise<void> {
  return assert.rejects(act, (error) => {
    assert.ok(error instanceof TokenError, String(error));
    assert.match(error.message, message);
    return true;
  });
}

Deno.test("findToken() takes the token of the cluster wherever the leader is", async () => {
  const files = { cluster: "token-of-the-cluster\n", [OWN_FILE]: "token-of-the-leader\n" };
  await inFolder(files, async (pidDir) => {
    const tokenFile = `${pidDir}/cluster`;
    assert.equal(await find(pidDir, { tokenFile, isLocal: false }), "token-of-the-cluster");
    assert.equal(await find(pidDir, { tokenFile }), "token-of-the-cluster");
  });
});

Deno.test("findToken() takes the token of the leadership on the leader's host", async () => {
  await inFolder({ [OWN_FILE]: "token-of-the-leader\n" }, async (pidDir) => {
    assert.equal(await find(pidDir), "token-of-the-leader");
  });
});

Deno.test("findToken() names both ways to a token on another host", async () => {
  await inFolder({ [OWN_FILE]: "token-of-the-leader\n" }, async (pidDir) => {
    const both =
      /on one\.example takes.*set masterd\.token-file.*or run this on one\.example as the/;
    await fails(find(pidDir, { isLocal: false }), both);
  });
});

Deno.test("findToken() names both ways where the leader's file cannot be read", async () => {
  await inFolder({}, async (pidDir) => {
    const both =
      /^Cannot read .*\.token: No such file.*; run this as the user.*, or set masterd\.tok/;
    await fails(find(pidDir), both);
  });
});

Deno.test("findToken() refuses a file that holds no token, and never shows what it holds", async () => {
  await inFolder({ [OWN_FILE]: "two words", cluster: "short" }, async (pidDir) => {
    await fails(find(pidDir), /^There is no token in the token of the leader's daemon, [^ ]+$/);
    await fails(find(pidDir, { tokenFile: `${pidDir}/cluster` }), /^Cannot use the token file /);
    await fails(find(pidDir, { tokenFile: `${pidDir}/none` }), /there is no such file$/);
  });
});
