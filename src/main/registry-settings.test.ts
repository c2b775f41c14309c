import { describe, expect, test } from "bun:test";
import { parseAddr, parseDuration, parseSize } from "../registry/server/config-values.ts";
import { type GivenFlags, registryConfig } from "./registry-settings.ts";

const config = (text: string, flags: GivenFlags = {}) =>
  registryConfig({ config: "r.yaml", ...flags }, () => text);

describe("registryConfig()", () => {
  test("reads YAML and JSON, and puts flags over them", () => {
    const yaml = `
addr: 0.0.0.0:5000
htpasswd: /etc/users
anonymous-pull: true
max-blob-size: 10GiB
idle-timeout: 90s
gc: {interval: 12h, delete-untagged: true}
proxy: {url: "https://registry.example", username: u, password: p, ttl: 5m}
s3: {bucket: images, access-key-id: k, secret-access-key: s}
`;
    expect(config(yaml, { addr: ":6000", proxy: "http://other:5000", grace: "0", log: true })).toEqual({
      addr: ":6000",
      htpasswd: "/etc/users",
      anonymousPull: true,
      maxBlobBytes: 10 * 1024 ** 3,
      idleMs: 90_000,
      log: true,
      gc: { intervalMs: 12 * 3_600_000, deleteUntagged: true, graceMs: 0 },
      proxy: { url: "http://other:5000", username: "u", password: "p", ttlMs: 300_000 },
      s3: { bucket: "images", accessKeyId: "k", secretAccessKey: "s" },
    });
    expect(config('{"read-only": true}')).toEqual({ readOnly: true, gc: {} });
    expect(config("")).toEqual({ gc: {} });
  });

  test.each([
    ["adress: x", 'unknown key "adress"'],
    ["gc: {every: 1h}", 'gc: unknown key "every"; known are: interval'],
    ["__proto__: {}", "unknown key"],
    ["read-only: yes please", "read-only: must be true or false"],
    ["s3: {region: x}", "s3: bucket is missing"],
    ["proxy: https://x", "proxy: must be an object"],
    ["- a", "must be an object"],
    ["idle-timeout: 5", "idle-timeout: invalid duration"],
    ["max-blob-size: huge", "max-blob-size: invalid size"],
    ["a: [", "neither YAML nor JSON"],
    ["tls-cert: a", "tls-cert and tls-key belong together"],
    ["tls-client-ca: a", "tls-client-ca needs"],
    ["root: /a\ns3: {bucket: b}", "either below root or in s3"],
    ['proxy: {url: "ftp://x"}', "not the address of a registry"],
    ['proxy: {url: "https://u:p@x"}', "not the address of a registry"],
    ['proxy: {url: "https://x", username: a}', "username and password belong together"],
  ])("refuses %p", (text, message) => {
    expect(() => config(text)).toThrow(message);
  });
});

describe("values of the registry's configuration", () => {
  test("durations and sizes are read as people write them", () => {
    expect(["0", "30s", "1h30m", "7d", "250ms"].map(parseDuration)).toEqual([
      0, 30_000, 5_400_000, 604_800_000, 250,
    ]);
    for (const bad of ["", "5", "1 h", "-1s", "1w"])
      expect(() => parseDuration(bad)).toThrow("invalid duration");
    expect(["1", "1kB", "1.5MB", "4MiB", "2g"].map(parseSize)).toEqual([1, 1000, 1_500_000, 4_194_304, 2e9]);
    for (const bad of ["", "0", "x", "1PB", "-1"]) expect(() => parseSize(bad)).toThrow("invalid size");
  });

  test("addresses are HOST:PORT", () => {
    expect(parseAddr("127.0.0.1:5000")).toEqual({ host: "127.0.0.1", port: 5000 });
    expect(parseAddr(":5000")).toEqual({ host: "0.0.0.0", port: 5000 });
    expect(parseAddr("[::1]:80")).toEqual({ host: "::1", port: 80 });
    for (const bad of ["5000", "a:b", "a:70000", "http://a:1"]) expect(() => parseAddr(bad)).toThrow();
  });
});
