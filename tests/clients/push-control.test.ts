import { expect, test } from "bun:test";
import { join } from "node:path";
import { FakeRegistry } from "../fakes/fake-registry.ts";
import { clientEngine, hullOnly } from "../setup/client-engine.ts";
import { until } from "../setup/until.ts";

const engine = clientEngine();
const own = hullOnly("the registry is in the tests' own network");

/** A registry that takes uploads and writes down what came: method, path, and how many bytes. */
class UploadRegistry implements Disposable {
  readonly asked: { method: string; path: string; range: string | null; size: number }[] = [];
  mostAtOnce = 0;
  /** Uploads wait here: for being in the middle of one. */
  hold: Promise<void> = Promise.resolve();
  broken = 0;
  #atOnce = 0;
  readonly #server: Bun.Server<undefined>;

  constructor() {
    this.#server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: (request) => this.#answer(request) });
  }

  get address(): string {
    return `127.0.0.1:${this.#server.port}`;
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const { method } = request;
    if (method === "HEAD") return new Response(null, { status: 404 });
    if (pathname === "/v2/") return new Response("{}");
    const entry = { method, path: pathname, range: request.headers.get("content-range"), size: 0 };
    this.asked.push(entry);
    const headers = { Location: `/v2/upload/${crypto.randomUUID()}` };
    if (method === "POST") return new Response(null, { status: 202, headers });
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#atOnce);
    try {
      for await (const part of request.body ?? []) entry.size += part.length;
      await this.hold;
      if (method === "PATCH") return new Response(null, { status: 202, headers });
      return new Response(null, { status: 201 });
    } catch {
      this.broken++;
      return new Response(null, { status: 500 });
    } finally {
      this.#atOnce--;
    }
  }

  [Symbol.dispose](): void {
    this.#server.stop(true);
  }
}

async function reload(settings: object): Promise<void> {
  await Bun.write(join(engine.own.directory, "engine.json"), JSON.stringify(settings));
  const reloaded = engine.own.log().split("configuration reloaded").length;
  engine.own.signal("SIGHUP");
  await until("the reload", () => engine.own.log().split("configuration reloaded").length > reloaded);
}

async function layers(reference: string, count: number): Promise<void> {
  let below = "busybox";
  for (let layer = 0; layer < count; layer++) {
    const container = await engine.ok("create", below, "true");
    await Bun.write(join(engine.directory, "layer"), crypto.getRandomValues(new Uint8Array(60_000)));
    await engine.ok("cp", join(engine.directory, "layer"), `${container}:/layer${layer}`);
    below = layer === count - 1 ? reference : `${engine.id}:${layer}`;
    await engine.ok("commit", container, below);
    await engine.ok("rm", container);
  }
}

own("a reload changes how many uploads run at a time, and in what pieces", async () => {
  using registry = new UploadRegistry();
  const reference = `${registry.address}/x:1`;
  await layers(reference, 4);
  await engine.ok("push", "-q", reference);
  expect(registry.mostAtOnce).toBeGreaterThan(1);
  expect(registry.asked.filter(({ method }) => method === "PATCH").map(({ range }) => range)).toEqual(
    Array.from({ length: 6 }, () => null),
  );

  registry.asked.length = 0;
  registry.mostAtOnce = 0;
  await reload({ "max-concurrent-uploads": 1, "upload-chunk-size": "25k" });
  await engine.ok("push", "-q", reference);
  expect(registry.mostAtOnce).toBe(1);
  const pieces = registry.asked.filter(({ method, range }) => method === "PATCH" && range !== null);
  expect(pieces.length).toBeGreaterThan(4);
  for (const { range, size } of pieces) {
    const [from = 0, to = 0] = (range ?? "").split("-").map(Number);
    expect([size, size <= 25 * 1024]).toEqual([to - from + 1, true]);
  }
  await reload({});
});

own("a client that goes away ends the upload", async () => {
  using registry = new UploadRegistry();
  const held = Promise.withResolvers<void>();
  registry.hold = held.promise;
  const reference = `${registry.address}/x:1`;
  await layers(reference, 1);
  const client = engine.spawnDocker("push", reference);
  await until("the upload", () => registry.asked.some(({ method, size }) => method === "PATCH" && size > 0));
  const isConnected = () => {
    const { out } = engine.hostNetwork("ss", "-Htnp", "state", "established", "dport", "=", `:${port}`);
    return out.includes(`pid=${engine.own.pid},`);
  };
  const port = registry.address.split(":")[1];
  expect(isConnected()).toBeTrue();
  client.kill("SIGKILL");
  await client.exited;
  await until("the engine to let go", () => !isConnected());
  const asked = registry.asked.length;
  held.resolve();
  await engine.ok("version");
  expect(registry.asked.length).toBe(asked);
  expect(registry.asked.some(({ path }) => path.includes("/manifests/"))).toBeFalse();
});

own("docker search asks the registry in the term", async () => {
  const results = [
    { name: "one", description: "the first", star_count: 12, is_official: true },
    { name: "two", description: "the second", star_count: 3, is_official: false },
  ];
  using registry = new FakeRegistry({
    challenge: "",
    registry: ({ path }) => (path === "/v1/search" ? Response.json({ results }) : Response.json(true)),
  });
  const term = `${registry.address}/thing`;
  const search = (...flags: string[]) =>
    engine.ok("search", "--format", "{{.Name}} {{.StarCount}}", ...flags, term);
  expect(await search()).toBe("one 12\ntwo 3");
  expect(await search("--limit", "7")).toBe("one 12\ntwo 3");
  expect(registry.asked.at(-1)?.query).toEqual({ q: "thing", n: "7" });
  expect(await search("--filter", "stars=10")).toBe("one 12");
  expect(await search("--filter", "is-official=false")).toBe("two 3");
  expect(await search("--filter", "is-automated=true")).toBe("");
});

test("docker search refuses what it cannot mean", async () => {
  const fails = async (...args: string[]) => (await engine.fails(1, "search", ...args)).toLowerCase();
  expect(await fails("--limit", "101", "x")).toContain("limit 101 is outside the range of [1, 100]");
  expect(await fails("--filter", "stars=many", "x")).toContain("invalid filter 'stars=many'");
  expect(await fails("--filter", "colour=red", "x")).toContain("invalid filter 'colour'");
  expect(await fails("--filter", "is-official=perhaps", "x")).toContain(
    "invalid filter 'is-official=[perhaps]'",
  );
});
