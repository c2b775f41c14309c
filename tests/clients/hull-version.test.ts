import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { Versions } from "../../src/cli/format/version.ts";
import { clientEngine, onReference } from "../setup/client-engine.ts";
import { engineCommand } from "../setup/test-engine.ts";

const engine = clientEngine({ busybox: false });

function hullVersion(host: string, ...args: string[]): { code: number; out: string; err: string } {
  const { DOCKER_TLS_VERIFY, DOCKER_CERT_PATH, ...env } = process.env;
  const run = Bun.spawnSync([...engineCommand(), "version", ...args], {
    env: { ...env, DOCKER_HOST: host },
    stdout: "pipe",
    stderr: "pipe",
  });
  return { code: run.exitCode, out: run.stdout.toString(), err: run.stderr.toString() };
}

describe("hull version", () => {
  test("says what the engine is, the same as the docker program does", async () => {
    const { code, out, err } = hullVersion(engine.host);
    expect([code, err]).toEqual([0, ""]);
    const docker = await engine.ok("version");
    const serverOf = (text: string) => text.slice(text.indexOf("Server:"));
    const rows = (text: string) => [
      ...serverOf(text).matchAll(/^ +(Version|API version|OS\/Arch): +(.*)$/gm),
    ];
    expect(rows(out).map(([, label, value]) => [label, value])).toEqual(
      rows(docker).map(([, label, value]) => [label, value]),
    );
    expect(rows(out).length).toBeGreaterThan(2);
    expect(out).toMatch(/^Client:\n Version: +\d/);
    if (!onReference) expect(out).toContain("\nServer: Hull\n Engine:\n");
  });

  test("as JSON and by template", async () => {
    const versions = JSON.parse(hullVersion(engine.host, "--format", "json").out) as Versions;
    expect(versions.Server).toEqual(await engine.json("GET", "/version"));
    const { out } = hullVersion(engine.host, "-f", "{{.Client.ApiVersion}} {{.Server.Version}}");
    expect(out.trim()).toBe(`${versions.Client.ApiVersion} ${versions.Server?.Version}`);
    const wrong = hullVersion(engine.host, "-f", "{{.Server.Nope}}");
    expect([wrong.code, wrong.out]).toEqual([1, ""]);
    expect(wrong.err).toContain("Nope");
  });

  test("without an engine says so, and what it can say", () => {
    const host = `unix://${join(engine.directory, "nobody.sock")}`;
    const { code, out, err } = hullVersion(host);
    expect(code).toBe(1);
    expect(out).toStartWith("Client:\n");
    expect(out).not.toContain("Server:");
    expect(err).toStartWith(`Cannot connect to the engine at ${host}. Is it running?`);
    expect(err.trim().split("\n")).toHaveLength(1);
    expect(JSON.parse(hullVersion(host, "-f", "json").out)).toMatchObject({ Server: null });
    const template = hullVersion(host, "-f", "{{.Server.Version}}");
    expect([template.code, template.err.includes("Cannot connect to the engine")]).toEqual([1, true]);
  });
});
