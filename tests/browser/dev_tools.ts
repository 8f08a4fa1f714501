/** A message of the DevTools protocol: the answer to a call, or an event. */
interface Message {
  id?: number;
  sessionId?: string;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { message: string };
}

/** How long the browser may take to do what it is told. */
const CALL_LIMIT_MS = 20_000;

/** A connection to a browser by the DevTools protocol. */
export class DevTools implements AsyncDisposable {
  readonly #socket: WebSocket;
  readonly #calls = new Map<number, PromiseWithResolvers<Record<string, unknown>>>();
  readonly #listeners = new Set<(message: Message) => void>();
  readonly #closed = Promise.withResolvers<void>();
  #lastId = 0;

  static async connect(url: string): Promise<DevTools> {
    const socket = new WebSocket(url);
    const opened = Promise.withResolvers<void>();
    socket.onopen = () => opened.resolve();
    socket.onerror = () => opened.reject(new Error(`Cannot reach the browser at ${url}`));
    await opened.promise;
    return new DevTools(socket);
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
    socket.onerror = null;
    socket.onclose = () => {
      for (const call of this.#calls.values()) call.reject(new Error("The browser is gone"));
      this.#closed.resolve();
    };
  }

  /** Calls a method, of one page if a session is named, and gives its result. */
  async call(
    method: string,
    params: Record<string, unknown> = {},
    sessionId?: string,
  ): Promise<Record<string, unknown>> {
    const id = ++this.#lastId;
    const call = Promise.withResolvers<Record<string, unknown>>();
    const late = () => call.reject(new Error(`${method}: no answer in ${CALL_LIMIT_MS} ms`));
    const timer = setTimeout(late, CALL_LIMIT_MS);
    this.#calls.set(id, call);
    this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    try {
      return await call.promise;
    } finally {
      clearTimeout(timer);
      this.#calls.delete(id);
    }
  }

  /** Tells of the events of one page until it is disposed of. */
  listen(
    sessionId: string,
    listener: (method: string, params: Record<string, unknown>) => void,
  ): Disposable {
    const own = (message: Message) => {
      if (message.sessionId !== sessionId || message.method === undefined) return;
      listener(message.method, message.params ?? {});
    };
    this.#listeners.add(own);
    return { [Symbol.dispose]: () => this.#listeners.delete(own) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await this.#closed.promise;
  }

  #take(message: Message): void {
    if (message.id === undefined) return this.#listeners.forEach((listener) => listener(message));
    const call = this.#calls.get(message.id);
    if (message.error) call?.reject(new Error(message.error.message));
    else call?.resolve(message.result ?? {});
  }
}
