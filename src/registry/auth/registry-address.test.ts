import { describe, expect, test } from "bun:test";
import { isInsecure } from "./insecure-registries.ts";
import { keepLoopbackOffProxies } from "./loopback-proxy.ts";
import { parseRegistryAddress } from "./registry-address.ts";

describe("parseRegistryAddress", () => {
  test("the names of Docker Hub are its registry", () => {
    for (const name of ["", "docker.io", "index.docker.io", "https://index.docker.io/v1/"]) {
      expect(parseRegistryAddress(name).host).toBe("registry-1.docker.io");
    }
  });

  test("scheme and path fall away, the port stays", () => {
    const wanted = { host: "a.example:5000", hostname: "a.example" };
    for (const name of ["a.example:5000", "https://a.example:5000/v2/", "http://a.example:5000?x"]) {
      expect(parseRegistryAddress(name)).toEqual(wanted);
    }
    expect(parseRegistryAddress("[::1]:5000")).toEqual({ host: "[::1]:5000", hostname: "::1" });
  });

  test("what is no host is refused, and a password in it not repeated", () => {
    for (const name of ["bad host", "a:b", "a:99999", "a:", "/v2", "::1", "..", ".:5000"]) {
      expect(() => parseRegistryAddress(name)).toThrow("unable to parse server address");
    }
    expect(() => parseRegistryAddress("me:hidden@a.example")).toThrow(/^(?!.*hidden)/);
  });
});

describe("isInsecure", () => {
  const ask = (name: string, configured: string[], addresses: string[]) =>
    isInsecure(parseRegistryAddress(name), configured, async () => addresses);

  test("this machine always, by address or by name", async () => {
    expect(await ask("127.0.0.1:5000", [], ["127.0.0.1"])).toBeTrue();
    expect(await ask("localhost:5000", [], ["::1", "127.0.0.1"])).toBeTrue();
    expect(await ask("[::1]:5000", [], ["::1"])).toBeTrue();
  });

  test("others only when named, with the very port, or in a named range", async () => {
    expect(await ask("a.example:5000", [], ["10.1.2.3"])).toBeFalse();
    expect(await ask("a.example:5000", ["a.example:5000"], ["10.1.2.3"])).toBeTrue();
    expect(await ask("a.example:5001", ["a.example:5000"], ["10.1.2.3"])).toBeFalse();
    expect(await ask("a.example", ["10.0.0.0/8"], ["10.1.2.3"])).toBeTrue();
    expect(await ask("a.example", ["10.0.0.0/8"], [])).toBeFalse();
  });

  test("a name that is also somewhere else is not", async () => {
    expect(await ask("a.example", [], ["127.0.0.1", "192.0.2.1"])).toBeFalse();
  });
});

describe("keepLoopbackOffProxies", () => {
  test("adds to NO_PROXY where there is a proxy, and only then", () => {
    const env = { HTTPS_PROXY: "http://p.example", NO_PROXY: "a.example, localhost" };
    keepLoopbackOffProxies(env);
    expect(env.NO_PROXY).toBe("a.example,localhost,127.0.0.1,::1");
    const none: Record<string, string> = {};
    keepLoopbackOffProxies(none);
    expect(none).toEqual({});
  });
});
