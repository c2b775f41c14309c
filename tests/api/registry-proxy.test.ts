import { describe, expect, test } from "bun:test";
import { openUpstream } from "../../src/main/registry-upstream.ts";
import { RegistryRefusal } from "../../src/registry/client/registry-refusal.ts";
import { proxySource } from "../../src/registry/server/proxy/proxy-source.ts";
import { refusal, registryForTest } from "../setup/registry-client.ts";

type Hub = Awaited<ReturnType<typeof registryForTest>>;

/** A registry that keeps copies of another one, and the other one, which writes down what it is asked. */
async function pair(ttlMs = 0) {
  const asked: string[] = [];
  const origin = await registryForTest({
    accessLog: (line) => {
      const [, , method, path] = line.split(" ");
      asked.push(`${method} ${path?.replaceAll('"', "")}`);
    },
  });
  const upstream = openUpstream({ url: origin.registry.url });
  const proxy = await registryForTest({
    source: proxySource(upstream, ttlMs),
    rules: { readOnly: true },
  });
  return {
    origin,
    proxy,
    asked: (what: string) => asked.filter((line) => line.includes(what)).length,
    [Symbol.asyncDispose]: async () => {
      await proxy.registry.close();
      await origin.registry.close();
    },
  };
}

const text = async (hub: Hub, path: string) => (await hub.ask("GET", path)).text();

describe("a registry before another one", () => {
  test("fetches once what is pulled through it, and gives it out when the other one is gone", async () => {
    await using both = await pair();
    const { origin, proxy } = both;
    const image = await origin.pushImage("library/box", "v1", "a layer");
    for (let again = 0; again < 2; again++) {
      expect(await text(proxy, "/v2/library/box/manifests/v1")).toBe(image.manifest);
      expect(await text(proxy, `/v2/library/box/manifests/${image.digest}`)).toBe(image.manifest);
      expect(await text(proxy, `/v2/library/box/blobs/${image.layer.digest}`)).toBe("a layer");
    }
    expect(both.asked(`GET /v2/library/box/blobs/${image.layer.digest}`)).toBe(1);
    expect(await (await proxy.ask("GET", "/v2/library/box/tags/list")).json()).toEqual({
      name: "library/box",
      tags: ["v1"],
    });
    await origin.registry.close();
    expect(await text(proxy, "/v2/library/box/manifests/v1")).toBe(image.manifest);
    expect(await text(proxy, `/v2/library/box/blobs/${image.layer.digest}`)).toBe("a layer");
    expect(await (await proxy.ask("GET", "/v2/library/box/tags/list")).json()).toMatchObject({
      tags: ["v1"],
    });
    expect(await refusal(await proxy.ask("GET", "/v2/library/box/manifests/v2"))).toEqual([
      502,
      "UNAVAILABLE",
    ]);
  });

  test("a refusal of the other registry hides what is stored, but takes nothing away", async () => {
    let locked = false;
    const origin = await registryForTest();
    const real = openUpstream({ url: origin.registry.url });
    const denied = new RegistryRefusal(403, "denied: the subscription has run out");
    const proxy = await registryForTest({
      source: proxySource(
        (name) =>
          new Proxy(real(name), {
            get: (remote, key) => {
              if (locked) return () => Promise.reject(denied);
              const value: unknown = Reflect.get(remote, key);
              return typeof value === "function" ? value.bind(remote) : value;
            },
          }),
        0,
      ),
      rules: { readOnly: true },
    });
    try {
      const image = await origin.pushImage("a", "v1", "one");
      expect(await text(proxy, "/v2/a/manifests/v1")).toBe(image.manifest);
      locked = true;
      expect((await proxy.ask("GET", "/v2/a/manifests/v1")).status).toBe(404);
      await origin.registry.close();
      locked = false;
      expect(await text(proxy, "/v2/a/manifests/v1")).toBe(image.manifest);
    } finally {
      await proxy.registry.close();
      await origin.registry.close();
    }
  });

  test("follows a tag that was moved or deleted, after its time", async () => {
    await using both = await pair();
    const { origin, proxy } = both;
    await origin.pushImage("a", "v1", "one");
    const manifest = "/v2/a/manifests/v1";
    const first = await text(proxy, manifest);
    const moved = await origin.pushImage("a", "v1", "two");
    expect(first).not.toBe(moved.manifest);
    expect(await text(proxy, manifest)).toBe(moved.manifest);
    await origin.ask("DELETE", manifest);
    expect((await proxy.ask("GET", manifest)).status).toBe(404);
    expect((await proxy.ask("GET", "/v2/nobody/manifests/v1")).status).toBe(404);
  });

  test("believes a tag until its time is over", async () => {
    await using both = await pair(60_000);
    await both.origin.pushImage("a", "v1", "one");
    for (let again = 0; again < 5; again++) await text(both.proxy, "/v2/a/manifests/v1");
    expect(both.asked("/v2/a/manifests/v1")).toBeLessThanOrEqual(2);
  });

  test("many who ask at once share one fetch, each with the part it wants", async () => {
    await using both = await pair();
    const big = Buffer.alloc(9_000_000, "0123456789");
    const { digest } = await both.origin.pushBlob("a", big);
    const path = `/v2/a/blobs/${digest}`;
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        both.proxy.ask("GET", path, undefined, index % 2 ? { Range: "bytes=8999990-" } : {}),
      ),
    );
    const bodies = await Promise.all(answers.map((answer) => answer.bytes()));
    for (const [index, body] of bodies.entries()) {
      if (index % 2) expect(Buffer.from(body).toString()).toBe("0123456789");
      else expect(Buffer.compare(body, big)).toBe(0);
    }
    expect(both.asked(`GET ${path}`)).toBe(1);
    expect(both.proxy.storage.open.size).toBe(0);
  });

  test("shows a blob only where the other registry shows it", async () => {
    await using both = await pair();
    const { digest } = await both.origin.pushBlob("a", "secret");
    expect(await text(both.proxy, `/v2/a/blobs/${digest}`)).toBe("secret");
    expect((await both.proxy.ask("GET", `/v2/b/blobs/${digest}`)).status).toBe(404);
    await both.origin.ask("POST", `/v2/b/blobs/uploads/?mount=${digest}&from=a`);
    expect(await text(both.proxy, `/v2/b/blobs/${digest}`)).toBe("secret");
    expect(both.asked(`GET /v2/b/blobs/${digest}`)).toBe(0);
  });

  test("takes no pushes, and sends clients that look for referrers to the tags", async () => {
    await using both = await pair();
    expect((await both.proxy.ask("POST", "/v2/a/blobs/uploads/")).status).toBe(405);
    const { digest } = await both.origin.pushImage("a", "v1", "one");
    expect((await both.proxy.ask("GET", `/v2/a/referrers/${digest}`)).status).toBe(404);
    const size = (await both.proxy.ask("HEAD", `/v2/a/blobs/${digest}`)).status;
    expect(size).toBe(404);
  });
});
