import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ContextStore } from "./config/context-store.ts";
import { engineAddress } from "./connect.ts";
import { parseFlags } from "./flags/parse.ts";
import { globalFlags, globalsOf } from "./globals.ts";
import { openSession } from "./open-session.ts";

let config: string;
beforeAll(() => {
  config = mkdtempSync(join(tmpdir(), "hull-connect-"));
  for (const name of ["ca.pem", "cert.pem", "key.pem"]) writeFileSync(join(config, name), name);
  const store = new ContextStore(config);
  const context = (name: string, host: string) =>
    store.put({ Name: name, Metadata: {}, Endpoints: { docker: { Host: host, SkipTLSVerify: false } } }, {});
  context("plain", "tcp://plain:1");
  context("current", "unix:///current.sock");
  store.put(
    { Name: "tls", Metadata: {}, Endpoints: { docker: { Host: "tcp://h:2376", SkipTLSVerify: true } } },
    { docker: { "ca.pem": Buffer.from("the authority") } },
  );
  writeFileSync(join(config, "config.json"), JSON.stringify({ currentContext: "current" }));
});
afterAll(() => rmSync(config, { recursive: true, force: true }));

async function addressOf(args: string[], env: Record<string, string> = {}) {
  const whole = { DOCKER_CONFIG: config, ...env };
  const globals = globalsOf(parseFlags(globalFlags(whole), args, { interspersed: false }), whole);
  const call = { env: whole, program: "hull", holderOfPort: async () => undefined };
  return await engineAddress(openSession(globals, call));
}

const tcp = (host: string, port: number) => ({ address: { kind: "tcp" as const, host, port } });
const unix = (path: string) => ({ address: { kind: "unix" as const, path } });

describe("engineAddress()", () => {
  test("takes flags before DOCKER_HOST before DOCKER_CONTEXT before the context in use", async () => {
    expect(await addressOf([])).toEqual(unix("/current.sock"));
    expect(await addressOf([], { DOCKER_CONTEXT: "plain" })).toEqual(tcp("plain", 1));
    const env = { DOCKER_CONTEXT: "plain", DOCKER_HOST: "tcp://env:2" };
    expect(await addressOf([], env)).toEqual(tcp("env", 2));
    expect(await addressOf(["-H", "tcp://flag:3"], env)).toEqual(tcp("flag", 3));
    expect(await addressOf(["-c", "plain"], { DOCKER_HOST: "tcp://env:2" })).toEqual(tcp("plain", 1));
    expect(await addressOf(["-c", "default"], {})).toEqual(unix("/run/hull.sock"));
    expect(await addressOf([], { DOCKER_CONFIG: "/nonexistent" })).toEqual(unix("/run/hull.sock"));
  });

  test("fills in the port, and understands a host alone", async () => {
    expect(await addressOf(["-H", "tcp://h"])).toEqual(tcp("h", 2375));
    expect(await addressOf(["-H", "h:5"])).toEqual(tcp("h", 5));
    expect(await addressOf(["-H", "tcp://[::1]:5"])).toEqual(tcp("::1", 5));
    expect((await addressOf(["-H", "tcp://h", "--tlsverify"])).address).toEqual(tcp("h", 2376).address);
  });

  test("reads certificates of flags, environment and contexts", async () => {
    const files = { ca: "ca.pem", cert: "cert.pem", key: "key.pem" };
    const host = ["-H", "tcp://h"];
    expect((await addressOf([...host, "--tlsverify"])).tls).toEqual({ ...files, rejectUnauthorized: true });
    expect((await addressOf([...host, "--tls"])).tls).toEqual({ ...files, rejectUnauthorized: false });
    const env = { DOCKER_HOST: "tcp://h", DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: config };
    expect((await addressOf([], { ...env, DOCKER_CONFIG: "/nonexistent" })).tls?.rejectUnauthorized).toBe(
      true,
    );
    expect((await addressOf([...host, "--tls", "--tlscacert", join(config, "key.pem")])).tls?.ca).toBe(
      "key.pem",
    );
    expect(await addressOf(["-c", "tls"])).toEqual({
      ...tcp("h", 2376),
      tls: { ca: "the authority", rejectUnauthorized: false },
    });
    expect((await addressOf([...host])).tls).toBeUndefined();
  });

  test("says what is wrong", async () => {
    const missing = join("/nonexistent", "ca.pem");
    expect(addressOf(["-H", "h", "--tlsverify"], { DOCKER_CERT_PATH: "/nonexistent" })).rejects.toThrow(
      `Failed to initialize: unable to resolve docker endpoint: open ${missing}: no such file or directory`,
    );
    expect(addressOf(["-c", "nobody"])).rejects.toThrow('context "nobody": context not found');
    expect(addressOf(["-H", "a", "-H", "b"])).rejects.toThrow("Specify only one -H");
    expect(addressOf(["-H", "http://a"])).rejects.toThrow("invalid bind address format: http://a");
    expect(addressOf(["-H", "a", "-c", "b"])).rejects.toThrow("cannot specify both --host and --context");
    expect(addressOf(["-l", "loud"])).rejects.toThrow("Unable to parse logging level: loud");
  });
});
