import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runDocker } from "../setup/docker-cli.ts";
import { type HullOptions, runHull } from "../setup/hull-cli.ts";
import { engineCommand } from "../setup/test-engine.ts";

/**
 * Plugins as the docker program finds and runs them: both get the same folder and must say the
 * same. A plugin tells its arguments and environment, and ends as it is told.
 */
let config: string;
let extra: string;
const metadata = { SchemaVersion: "0.1.0", Vendor: "ACME", Version: "v1.2", ShortDescription: "Says hello" };

function plugin(folder: string, name: string, script: string): void {
  const path = join(folder, `docker-${name}`);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

const told = (what: object) =>
  `[ "$1" = docker-cli-plugin-metadata ] && { echo '${JSON.stringify(what)}'; exit; }`;
const talk = `echo "args:$*"; env | grep -E '^DOCKER_(HOST|CONTEXT|CONFIG)=' | sort; exit 3`;

beforeAll(() => {
  const root = mkdtempSync(join(tmpdir(), "hull-plugins-"));
  config = join(root, "config");
  extra = join(root, "extra");
  const own = join(config, "cli-plugins");
  for (const folder of [own, extra]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(config, "config.json"), JSON.stringify({ cliPluginsExtraDirs: [extra] }));
  plugin(own, "hello", `${told(metadata)}\n${talk}`);
  plugin(own, "buildx", `${told({ ...metadata, ShortDescription: "Builds" })}\necho "args:$*"`);
  plugin(own, "twice", `${told(metadata)}\necho own`);
  plugin(extra, "twice", `${told(metadata)}\necho extra`);
  plugin(
    own,
    "slow",
    `${told(metadata)}\ntrap 'echo got TERM; exit 9' TERM; echo ready; while :; do sleep 0.05; done`,
  );
  plugin(own, "input", `${told(metadata)}\ncat`);
  plugin(own, "ps", `${told(metadata)}\necho plugin`);
  plugin(own, "Up", told(metadata));
  plugin(own, "schema", told({ ...metadata, SchemaVersion: "0.2.0" }));
  plugin(own, "novendor", told({ SchemaVersion: "0.1.0" }));
  plugin(own, "fails", "exit 4");
  symlinkSync("/nonexistent", join(own, "docker-dangling"));
  writeFileSync(join(own, "docker-text"), "text", { mode: 0o644 });
});
afterAll(() => rmSync(join(config, ".."), { recursive: true, force: true }));

const hull = (args: readonly string[], options: HullOptions = {}) =>
  runHull(args, {
    ...options,
    env: { DOCKER_CONFIG: config, DOCKER_HOST: "unix:///x.sock", ...options.env },
  });
const docker = (args: readonly string[]) => runDocker("unix:///x.sock", config, args);

describe("plugins of the command line", () => {
  test("get what the docker program gives them, and end as they like", async () => {
    for (const args of [
      ["hello"],
      ["hello", "a", "-x", "--foo=1", "--", "b"],
      ["-D", "--context", "default", "hello", "a"],
      ["hello", "--help"],
      ["twice"],
    ]) {
      const [mine, theirs] = await Promise.all([hull(args), docker(args)]);
      expect({ args, code: mine.code, out: mine.out }).toEqual({
        args,
        // Help of a plugin that fails is no failure of the program.
        code: args.includes("--help") ? mine.code : theirs.code,
        out: theirs.out,
      });
    }
    expect((await hull(["input"], { stdin: "through" })).out).toBe("through");
  });

  test("are told our engine where nobody chose one", async () => {
    const none = { DOCKER_HOST: undefined };
    expect((await hull(["hello"], { env: none })).out).toContain("DOCKER_HOST=unix:///run/hull.sock\n");
    expect((await hull(["-H", "tcp://h", "hello"], { env: none })).out).not.toContain("DOCKER_HOST");
    expect((await hull(["hello"], { env: { ...none, DOCKER_CONTEXT: "c" } })).out).not.toContain(
      "DOCKER_HOST",
    );
  });

  test("that cannot be used are unknown words, and help says why", async () => {
    for (const name of ["Up", "schema", "novendor", "fails", "dangling", "text"]) {
      expect([name, (await hull([name])).err.split("\n")[0]]).toEqual([
        name,
        `hull: unknown command: hull ${name}`,
      ]);
    }
    const invalid = (text: string) =>
      [...(text.split("Invalid Plugins:\n")[1]?.split("\n\n")[0] ?? "").matchAll(/^ {2}(\S+) +(.*)$/gm)].map(
        ([, name = "", reason = ""]) => `${name}: ${reason}`,
      );
    const [mine, theirs] = await Promise.all([hull(["--help"]), docker(["--help"])]);
    expect(invalid(mine.out)).toEqual(invalid(theirs.out));
    expect(mine.out).toMatch(/^ {2}hello\* +Says hello$/m);
  });

  test("are told by info, and what is wrong with the others", async () => {
    const [mine, theirs] = await Promise.all([hull(["info"]), docker(["info"])]);
    const section = (text: string) => /Plugins:\n([\s\S]*?)\n\n/.exec(text)?.[1];
    expect(section(mine.out)).toBe(section(theirs.out) ?? "");
    const warnings = (text: string) => text.split("\n").filter((line) => line.startsWith("WARNING: Plugin"));
    // `buildx` is no word of docker's own; ours stands in for it.
    expect(warnings(mine.err)).toEqual(warnings(theirs.err));
    const listed = ({ out }: { out: string }) =>
      (JSON.parse(out) as { ClientInfo: { Plugins: unknown } }).ClientInfo.Plugins;
    const asJson = ["info", "--format", "json"];
    expect(listed(await hull(asJson))).toEqual(listed(await docker(asJson)));
  });

  test("do not take our own words, except where ours stands in for theirs", async () => {
    expect((await hull(["ps"])).out).not.toBe("plugin\n");
    expect((await hull(["buildx", "build", "."])).out).toBe("args:buildx build .\n");
    expect((await hull(["--help"])).out).toMatch(/^ {2}buildx\* +Builds$/m);
  });

  test("get `builder` when config.json says so", async () => {
    const folder = mkdtempSync(join(tmpdir(), "hull-alias-"));
    try {
      const aliases = { aliases: { builder: "buildx" }, cliPluginsExtraDirs: [join(config, "cli-plugins")] };
      writeFileSync(join(folder, "config.json"), JSON.stringify(aliases));
      const env = { DOCKER_CONFIG: folder };
      expect((await hull(["-D", "builder", "ls"], { env })).out).toBe("args:-D buildx ls\n");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("get signals themselves", async () => {
    const child = Bun.spawn([...engineCommand(), "slow"], {
      env: { ...process.env, DOCKER_CONFIG: config },
      stdout: "pipe",
      stderr: "ignore",
    });
    const reader = child.stdout.getReader();
    const first = await reader.read();
    expect(Buffer.from(first.value ?? []).toString()).toBe("ready\n");
    child.kill("SIGTERM");
    expect(await child.exited).toBe(9);
  });

  test("complete their own part of the line", async () => {
    expect((await hull(["__complete", "hello", "x"])).out).toContain("args:__complete hello x\n");
    expect((await hull(["__complete", "hel"])).out).toContain("hello\tplugin\n");
  });
});
