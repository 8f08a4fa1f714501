import { Terminals } from "./recording/terminals.ts";

// Writes what stood on a terminal during a failover into a file, between its marks: `tools/recording.sh FILE`.

const BEGIN = "<!-- Written by tools/recording.sh, from a real run. -->\n";
const END = "<!-- Here ends what is written by tools/recording.sh. -->\n";
const LIMIT_MS = 60_000;

/** A piece of the recording: what stands above it, and what stood on the terminal. */
type Scene = readonly [title: string, text: string];

async function record(): Promise<Scene[]> {
  await using terminals = await Terminals.open();
  await terminals.type("first", "make run");
  const started = withoutPrompt(await terminals.until("first", isBack, LIMIT_MS));
  await terminals.type(
    "first",
    "clear; masterd status --wait 60 >/dev/null; masterd status --watch",
  );
  const before = await terminals.until("first", (text) => / standby /.test(text), LIMIT_MS);
  const [, leader, pid] = /^(\S+) +leader .* (\d+) +\S+$/m.exec(before)!;
  return [
    ["", started],
    ["`masterd status --watch`:", before],
    ...await failover(terminals, { leader: leader!, pid: pid! }),
  ];
}

/** Kills a leader in the second terminal; gives what the first one then shows, until another leads. */
async function failover(
  terminals: Terminals,
  { leader, pid }: { leader: string; pid: string },
): Promise<Scene[]> {
  const killedAt = performance.now();
  await terminals.type("second", `kill -9 ${pid}`);
  const killed = await terminals.until("second", isBack, LIMIT_MS);
  const scenes: Scene[] = [["In a second terminal:", withoutPrompt(killed)]];
  let said = "";
  await terminals.until("first", (text) => text.includes("crashed"), LIMIT_MS, (text) => {
    if (!text.includes(`${leader}  unreachable`)) return;
    const seconds = ((performance.now() - killedAt) / 1000).toFixed(1);
    if (withoutTimes(text) !== said) scenes.push([`In the first one, ${seconds} s later:`, text]);
    said = withoutTimes(text);
  });
  return scenes;
}

/** Leases and times change with each look. */
function withoutTimes(text: string): string {
  return text.replace(/\d+\.\d s |T[\d:]+Z/g, "");
}

function isBack(text: string): boolean {
  return text.endsWith("\n$");
}

function withoutPrompt(text: string): string {
  return text.replace(/\n\$$/, "");
}

function written(page: string, scenes: readonly Scene[]): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error(`The marks are missing: ${BEGIN}${END}`);
  const blocks = scenes.map(([title, text]) =>
    `${title === "" ? "" : `${title}\n\n`}\`\`\`text\n${text}\n\`\`\`\n`
  );
  return `${before}${BEGIN}\n${blocks.join("\n")}\n${END}${after}`;
}

const file = Deno.args[0]!;
const page = await Deno.readTextFile(file);
// Better said before than after the recording: that the marks are missing.
written(page, []);
await Deno.writeTextFile(file, written(page, await record()));
