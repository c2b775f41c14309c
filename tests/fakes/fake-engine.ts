/** Answers like an engine, with whatever a test wants, and keeps what it was asked. */
export class FakeEngine implements Disposable {
  readonly asked: { method: string; path: string; query: string; auth: string | null; body: string }[] = [];
  /** How many clients left before they had their whole answer. */
  left = 0;
  answer: (path: string) => Response = () => new Response("");
  readonly #server: Bun.Server<undefined>;
  readonly host: string;

  constructor(socket: string) {
    this.host = `unix://${socket}`;
    this.#server = Bun.serve({
      unix: socket,
      fetch: async (request) => {
        const { pathname, searchParams } = new URL(request.url);
        if (pathname.endsWith("/_ping")) return new Response("OK", { headers: { "Api-Version": "1.48" } });
        const path = decodeURIComponent(pathname).replace(/^\/v[\d.]+/, "");
        request.signal.addEventListener("abort", () => this.left++);
        searchParams.sort();
        const { method } = request;
        const auth = request.headers.get("x-registry-auth");
        this.asked.push({ method, path, query: `${searchParams}`, auth, body: await request.text() });
        return this.answer(path);
      },
    });
  }

  [Symbol.dispose](): void {
    this.#server.stop(true);
  }
}

/** Lines of JSON; `end: false` leaves the answer open after the last. */
export function jsonLinesAnswer(messages: readonly object[], { end = true } = {}): Response {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const message of messages) controller.enqueue(Buffer.from(`${JSON.stringify(message)}\r\n`));
      if (end) controller.close();
    },
  });
  return new Response(body, { headers: { "Content-Type": "application/json" } });
}
