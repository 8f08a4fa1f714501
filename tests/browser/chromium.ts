import { TestProcess } from "../support/process.ts";
import { DevTools } from "./dev_tools.ts";
import { BrowserPage } from "./browser_page.ts";

const START_LIMIT_MS = 30_000;
const ANNOUNCEMENT = /^DevTools listening on (ws:\S+)$/;

/** Debian's Chromium without a window, with a profile of its own that is thrown away. */
export class Chromium implements AsyncDisposable {
  readonly #tools: DevTools;
  readonly #resources: AsyncDisposableStack;

  static async start(): Promise<Chromium> {
    await using stack = new AsyncDisposableStack();
    const profile = await Deno.makeTempDir({ prefix: "masterd-chromium-" });
    stack.defer(() => Deno.remove(profile, { recursive: true }));
    const browser = stack.use(TestProcess.start("chromium", { args: flags(profile) }));
    const line = await browser.waitForLine((text) => ANNOUNCEMENT.test(text), {
      limitMs: START_LIMIT_MS,
    });
    const tools = await DevTools.connect(ANNOUNCEMENT.exec(line.text)![1]!);
    stack.use(tools);
    stack.defer(async () => {
      // By itself it ends with its children, which write to the profile until then.
      await tools.call("Browser.close");
      await browser.ends();
    });
    return new Chromium(tools, stack.move());
  }

  private constructor(tools: DevTools, resources: AsyncDisposableStack) {
    this.#tools = tools;
    this.#resources = resources;
  }

  /** A new tab that shows nothing yet. */
  async page(): Promise<BrowserPage> {
    return await BrowserPage.open(this.#tools);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}

function flags(profile: string): string[] {
  return [
    "--headless=new",
    "--remote-debugging-port=0",
    `--user-data-dir=${profile}`,
    "--no-first-run",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    // Tests run as root in a container, where Chromium's sandbox does not; it shows our page only.
    "--no-sandbox",
    "about:blank",
  ];
}
