/** A registry and its token server on one port, saying what a test wants and writing down what it was asked. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly authorization: string | null;
  readonly form: Readonly<Record<string, string>>;
}

export interface FakeRegistryOptions {
  /** Header of the 401; `ORIGIN` stands for the registry's own address. */
  readonly challenge: string;
  /** The Authorization header that `/v2/` takes. */
  readonly accepts?: string;
  readonly token?: (asked: Asked) => Response | Promise<Response>;
  readonly registry?: (asked: Asked) => Response | Promise<Response>;
  readonly tls?: { readonly cert: string; readonly key: string };
}

export class FakeRegistry implements Disposable {
  readonly asked: Asked[] = [];
  readonly #server: Bun.Server<undefined>;

  constructor(options: FakeRegistryOptions) {
    this.#server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      ...(options.tls && { tls: options.tls }),
      fetch: (request) => this.#answer(request, options),
    });
  }

  get address(): string {
    return `127.0.0.1:${this.#server.port}`;
  }

  async #answer(request: Request, { challenge, accepts, token, registry }: FakeRegistryOptions) {
    const url = new URL(request.url);
    const asked: Asked = {
      method: request.method,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      authorization: request.headers.get("authorization"),
      form: Object.fromEntries(new URLSearchParams(await request.text())),
    };
    this.asked.push(asked);
    if (asked.path === "/token" && token) return token(asked);
    if (registry) return registry(asked);
    if (accepts && asked.authorization === accepts) return new Response("{}");
    const header = challenge.replaceAll("ORIGIN", url.origin);
    return new Response("{}", { status: 401, headers: header ? { "WWW-Authenticate": header } : {} });
  }

  [Symbol.dispose](): void {
    this.#server.stop(true);
  }
}
