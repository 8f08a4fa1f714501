import { Buffer } from "node:buffer";
import { until } from "../support/until.ts";
import type { DevTools } from "./dev_tools.ts";

export interface View {
  width: number;
  height?: number;
  scheme?: "light" | "dark";
  /** Whether motion is reduced; it is, unless told. */
  isCalm?: boolean;
}

/** One tab, and what it complains of. */
export class BrowserPage implements AsyncDisposable {
  /** Errors and warnings of the console, failed requests and refused content. */
  readonly complaints: string[] = [];
  readonly #tools: DevTools;
  readonly #targetId: string;
  readonly #sessionId: string;
  readonly #listening: Disposable;

  static async open(tools: DevTools): Promise<BrowserPage> {
    const { targetId } = await tools.call("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await tools.call("Target.attachToTarget", { targetId, flatten: true });
    const page = new BrowserPage(tools, targetId as string, sessionId as string);
    for (const domain of ["Page", "Runtime", "Log", "Network"]) await page.call(`${domain}.enable`);
    return page;
  }

  private constructor(tools: DevTools, targetId: string, sessionId: string) {
    this.#tools = tools;
    this.#targetId = targetId;
    this.#sessionId = sessionId;
    this.#listening = tools.listen(sessionId, (method, params) => this.#note(method, params));
  }

  async call(method: string, params: Record<string, unknown> = {}) {
    return await this.#tools.call(method, params, this.#sessionId);
  }

  async show(url: string): Promise<void> {
    const { errorText } = await this.call("Page.navigate", { url });
    if (errorText !== undefined) throw new Error(`Cannot show ${url}: ${errorText}`);
  }

  async setView({ width, height = 900, scheme = "light", isCalm = true }: View): Promise<void> {
    const metrics = { width, height, deviceScaleFactor: 1, mobile: false };
    await this.call("Emulation.setDeviceMetricsOverride", metrics);
    await this.call("Emulation.setEmulatedMedia", {
      features: [
        { name: "prefers-color-scheme", value: scheme },
        { name: "prefers-reduced-motion", value: isCalm ? "reduce" : "no-preference" },
      ],
    });
  }

  /** The value of an expression in the page, as JSON has it. */
  async evaluate(expression: string): Promise<unknown> {
    const answer = await this.call("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    }) as { result: { value?: unknown }; exceptionDetails?: { exception?: unknown } };
    if (answer.exceptionDetails) throw new Error(Deno.inspect(answer.exceptionDetails));
    return answer.result.value;
  }

  /** What people read in an element, with one space wherever there is any. */
  async text(selector = "body"): Promise<string> {
    const text = await this.evaluate(
      `document.querySelector(${JSON.stringify(selector)})?.innerText ?? ""`,
    );
    return (text as string).replace(/\s+/g, " ").trim();
  }

  async untilText(selector: string, pattern: RegExp): Promise<string> {
    return await until(() => this.text(selector), (text) => pattern.test(text));
  }

  /** Presses a key as people do. */
  async press(key: string): Promise<void> {
    const text = key === "Enter" ? "\r" : key.length === 1 ? key : undefined;
    const windowsVirtualKeyCode = { Tab: 9, Enter: 13, Escape: 27, " ": 32 }[key];
    const stroke = { key, code: key === " " ? "Space" : key, windowsVirtualKeyCode };
    await this.call("Input.dispatchKeyEvent", { type: "keyDown", text, ...stroke });
    await this.call("Input.dispatchKeyEvent", { type: "keyUp", ...stroke });
  }

  /** Writes a text where the focus is. */
  async write(text: string): Promise<void> {
    await this.call("Input.insertText", { text });
  }

  /** A picture of the whole page, as a file of the format that its name ends with. */
  async picture(path: `${string}.${"png" | "webp"}`): Promise<void> {
    const { cssContentSize } = await this.call("Page.getLayoutMetrics") as {
      cssContentSize: { width: number; height: number };
    };
    const { data } = await this.call("Page.captureScreenshot", {
      format: path.split(".").at(-1),
      quality: path.endsWith(".webp") ? 80 : undefined,
      captureBeyondViewport: true,
      clip: { x: 0, y: 0, ...cssContentSize, scale: 1 },
    });
    await Deno.writeFile(path, Buffer.from(data as string, "base64"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listening[Symbol.dispose]();
    await this.#tools.call("Target.closeTarget", { targetId: this.#targetId });
  }

  #note(method: string, params: Record<string, unknown>): void {
    const complaint = complaintOf(method, params);
    if (complaint !== undefined) this.complaints.push(complaint);
  }
}

function complaintOf(method: string, params: Record<string, unknown>): string | undefined {
  const { entry, exceptionDetails, type } = params as {
    entry?: { level: string; text: string; url?: string };
    exceptionDetails?: unknown;
    type?: string;
  };
  if (method === "Runtime.exceptionThrown") return Deno.inspect(exceptionDetails, { depth: 6 });
  if (method === "Runtime.consoleAPICalled" && (type === "error" || type === "warning")) {
    return Deno.inspect(params, { depth: 6 });
  }
  if (method !== "Log.entryAdded" || !["error", "warning"].includes(entry!.level)) return undefined;
  return `${entry!.text} ${entry!.url ?? ""}`;
}
