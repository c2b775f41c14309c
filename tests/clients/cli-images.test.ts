import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clientEngine } from "../setup/client-engine.ts";
import { type HullOptions, runHull } from "../setup/hull-cli.ts";
import { RegistryUnderTest, registryProgram } from "../setup/registry-under-test.ts";
import { until } from "../setup/until.ts";

const engine = clientEngine();
const password = "images by hand: ~?>";

const hull = (args: readonly string[], options: HullOptions = {}) =>
  runHull(args, { ...options, env: { ...engine.environment, ...options.env } });

/** Layers come in any order, and by name or id. */
const sorted = (text: string) => text.split("\n").sort().join("\n");
/** Of two words for the same thing docker has both; it makes no guesses. */
const plain = (text: string) =>
  text
    .replaceAll("docker", "hull")
    .replace("\nSee 'hull", "\nRun 'hull")
    .replace(/^Did you mean .*\n/gm, "");

/** Both programs one after the other, each on what `before` makes. */
async function compare(args: readonly string[], before: () => Promise<unknown> = async () => {}) {
  const said = ({ code, out, err }: Awaited<ReturnType<typeof hull>>) => ({
    args,
    code,
    out: sorted(out),
    err: plain(err),
  });
  for (let tries = 1; ; tries++) {
    await before();
    const docker = said(await engine.docker(...args));
    await before();
    const ours = said(await hull(args));
    // A second may have ended between the two: "3 seconds ago" and "4 seconds ago".
    if (tries < 3 && !Bun.deepEquals(ours, docker)) continue;
    expect(ours).toEqual(docker);
    return;
  }
}

beforeAll(async () => {
  for (const tag of ["one:1", "one:2", "two:latest"]) await engine.ok("tag", "busybox", engine.name(tag));
  await engine.ok("create", "--name", engine.name("made"), "-v", "/data", "busybox", "true");
  await engine.ok("run", "-v", "/more", "-l", "a=b", "busybox", "sh", "-c", "echo text > /more/x; echo >/y");
});

const calls: string[][] = [
  ["tag", "busybox", "Upper/Case:1"],
  ["tag", "busybox", "x:"],
  ["tag", "nothing-there", "x:1"],
  ["tag", "BAD", "x:1"],
  ["tag", "busybox"],
  ["rmi", "nothing-there"],
  ["rmi", "nothing-there", "nor-there"],
  ["rmi", "-f", "nothing-there", "nor-there"],
  ["image", "rm", "nothing-there"],
  ["rmi"],
  ["history", "busybox"],
  ["history", "-q", "busybox"],
  ["history", "--no-trunc", "busybox"],
  ["history", "-H=false", "busybox"],
  ["history", "--format", "{{.ID}} {{.CreatedAt}} {{.CreatedSince}} {{.Size}}", "busybox"],
  ["history", "--format", "json", "busybox"],
  ["image", "history", "nothing-there"],
  ["image", "inspect", "busybox"],
  ["image", "inspect", "-f", "{{.Id}} {{.Architecture}}", "busybox", "nothing-there"],
  ["image", "inspect", "--platform", "linux/s390x", "busybox"],
  ["image", "ls"],
  ["pull", "Upper:1"],
  ["pull", "-a", "x:1"],
  ["pull", "127.0.0.1:1/x"],
  ["pull", "-q", "127.0.0.1:1/x"],
  ["push", "127.0.0.1:1/x"],
  ["push", "-a", "127.0.0.1:1/x:1"],
  ["push", "-q", "127.0.0.1:1/x:1"],
  ["push", `x@sha256:${"0".repeat(64)}`],
  ["load", "-i", "/nothing/there.tar"],
  ["save", "nothing-there"],
  ["save", "-o", "/nothing/there.tar", "busybox"],
  ["save", "-o", "/tmp", "busybox"],
  ["save", "-o", "/dev/null", "busybox"],
  ["save", "--platform", "linux/s390x", "busybox"],
  ["images", "--tree"],
  ["images", "-a", "--tree"],
  ["image", "ls", "--tree", "busybox"],
  ["images", "--tree", "--filter", "dangling=true"],
  ["images", "--tree", "-q"],
  ["images", "--tree", "--digests"],
  ["system", "df"],
  ["system", "df", "--format", "json"],
  ["system", "df", "--format", "raw"],
  ["system", "df", "--format", "table {{.Type}}\\t{{.Reclaimable}}"],
  ["system", "df", "-v", "--format", "json"],
  ["system", "df", "-v", "--format", "raw"],
  ["system", "df", "-v", "--format", "{{range .Volumes}}{{.Name}} {{.Links}} {{.Size}}{{end}}"],
];

test("system df -v is docker's, and what du shows behind it", async () => {
  // A second may have ended between the two.
  await until("both say the same", async () => {
    const docker = sorted(await engine.ok("system", "df", "-v"));
    const { out } = await hull(["system", "df", "-v"]);
    const [tables = "", disk = ""] = out.split("\nSpace on disk in ");
    return sorted(tables.trim()) === docker && disk.includes("\nTotal ");
  });
});

test.each(calls)("%s %s %s %s", async (...words) => {
  await compare(words.filter((word) => typeof word === "string"));
});

test("tag and rmi change what docker's change, and say the same", async () => {
  const made = engine.name("tagged:1");
  expect(await hull(["tag", "busybox", made])).toEqual({ code: 0, out: "", err: "" });
  expect(await engine.ok("inspect", "-f", "{{.Id}}", made)).toBe(
    await engine.ok("inspect", "-f", "{{.Id}}", "busybox"),
  );
  await compare(["rmi", made, "nothing-there"], () => engine.ok("tag", "busybox", made));
  await compare(["rmi", "-f", made, "nothing-there"], () => engine.ok("tag", "busybox", made));
  await compare(["image", "rm", "--no-prune", made], () => engine.ok("tag", "busybox", made));
});

test("image prune asks, and removes what nothing needs", async () => {
  const dangling = () => engine.ok("commit", "-m", "dangling", engine.name("made"));
  const asked = await hull(["image", "prune"], { stdin: "n\n" });
  expect([asked.code, asked.out]).toEqual([
    0,
    "WARNING! This will remove all dangling images.\nAre you sure you want to continue? [y/N] ",
  ]);
  await dangling();
  const { code, out } = await hull(["image", "prune", "-f"]);
  expect(code).toBe(0);
  expect(out).toMatch(
    /^Deleted Images:\ndeleted: sha256:[0-9a-f]{64}\n(deleted: .*\n)*\nTotal reclaimed space: [\d.]+[kM]?B\n$/,
  );
  await compare(["image", "prune", "-f"]);
});

describe("save and load", () => {
  test("the same bytes, to a file and to standard output", async () => {
    const folder = join(engine.directory, "saved");
    mkdirSync(folder, { recursive: true });
    const [ours, theirs] = [join(folder, "hull.tar"), join(folder, "docker.tar")];
    const names = [engine.name("one:1"), engine.name("two:latest")];
    await engine.ok("save", "-o", theirs, ...names);
    expect(await hull(["save", "-o", ours, ...names])).toEqual({ code: 0, out: "", err: "" });
    expect(readFileSync(ours).equals(readFileSync(theirs))).toBe(true);
    expect(statSync(ours).mode & 0o777).toBe(0o600);
    const piped = await hull(["save", ...names]);
    expect(piped.code).toBe(0);
    expect(piped.out.length).toBe((await engine.docker("save", ...names)).out.length);
    expect(readdirSync(folder).sort()).toEqual(["docker.tar", "hull.tar"]);

    await engine.ok("rmi", ...names);
    await compare(["load", "-i", ours]);
    await compare(["load", "-q", "-i", ours]);
    const loaded = await hull(["load"], { stdin: readFileSync(ours) });
    expect([loaded.code, sorted(loaded.out)]).toEqual([
      0,
      sorted(names.map((name) => `Loaded image: ${name}\n`).join("")),
    ]);
    await compare(["load", "-i", import.meta.path]);
  });

  test("what fails leaves no file", async () => {
    const path = join(engine.directory, "never.tar");
    expect((await hull(["save", "-o", path, "nothing-there"])).code).toBe(1);
    expect(existsSync(path)).toBe(false);
    expect(readdirSync(engine.directory).filter((name) => name.startsWith(".tmp"))).toEqual([]);
  });
});

const name = "pull and push with a registry";
describe.skipIf(!registryProgram)(
  registryProgram ? name : `${name} [not installed: Debian package docker-registry]`,
  () => {
    let registry: RegistryUnderTest | undefined;
    const image = (path: string) => `${registry?.address}/${engine.id}/${path}`;
    const gone = () => engine.docker("rmi", "-f", image("x:1"), image("x:2"), image("x:latest"));

    beforeAll(async () => {
      registry = await RegistryUnderTest.start({
        directory: join(engine.directory, "registry"),
        port: await engine.freePort(),
        username: "me",
        password,
        prefix: engine.hostPrefix,
      });
    });
    afterAll(async () => {
      await registry?.[Symbol.asyncDispose]();
    });

    test("without a login both are refused, with docker's both go", async () => {
      await engine.ok("tag", "busybox", image("x:1"));
      await compare(["push", image("x:1")]);
      await compare(["pull", image("x:1")]);
      const { address = "" } = registry ?? {};
      await engine.dockerWith({ stdin: password }, "login", "-u", "me", "--password-stdin", address);
      expect((await hull(["push", image("x:1")])).code).toBe(0);
      await compare(["push", image("x:1")]);
      await compare(["push", "-q", image("x:1")]);
      const tags = async () => {
        for (const tag of ["1", "2", "latest"]) await engine.ok("tag", "busybox", image(`x:${tag}`));
      };
      await compare(["push", "-a", image("x")], tags);
      await compare(["push", image("x")]);
      await compare(["push", image("x:none")]);
      await compare(["push", "--platform", "linux/amd64", image("x:1")]);
      await compare(["push", "--platform", "linux/s390x", image("x:1")]);
      await compare(["pull", image("x")], gone);
      await compare(["pull", image("x")]);
      await compare(["pull", "-q", image("x:1")], gone);
      await compare(["image", "pull", "-a", image("x")], gone);
      await compare(["pull", "--platform", "linux/s390x", image("x:1")], gone);
      await compare(["pull", image("x:none")]);
      await compare(["pull", "--disable-content-trust", image("x:1")], gone);
    });

    test("credentials of a helper, as credHelpers and as credsStore, and one that fails", async () => {
      const { address = "" } = registry ?? {};
      const folder = join(engine.directory, "helpers");
      mkdirSync(folder, { recursive: true });
      const helper = (word: string, script: string) =>
        writeFileSync(join(folder, `docker-credential-${word}`), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      const answer = JSON.stringify({ ServerURL: address, Username: "me", Secret: password });
      helper("good", `[ "$1" = get ] && [ "$(cat)" = "${address}" ] && echo '${answer}'`);
      helper("empty", "echo credentials not found in native keychain; exit 1");
      helper("broken", "echo out of order; exit 1");
      const pulled = async (config: object) => {
        const directory = join(folder, "config");
        await Bun.write(join(directory, "config.json"), JSON.stringify(config));
        const env = { DOCKER_CONFIG: directory, PATH: `${folder}:${process.env.PATH}` };
        return await hull(["pull", "-q", image("x:1")], { env });
      };
      expect(await pulled({ credHelpers: { [address]: "good" }, credsStore: "broken" })).toEqual({
        code: 0,
        out: `${image("x:1")}\n`,
        err: "",
      });
      expect((await pulled({ credsStore: "good" })).code).toBe(0);
      const none = await pulled({ credsStore: "empty" });
      expect([none.code, none.err]).toEqual([1, expect.stringContaining("no basic auth credentials")]);
      const broken = await pulled({ credsStore: "broken" });
      expect([broken.code, broken.err]).toEqual([
        1,
        expect.stringMatching(/^WARNING: no credentials for .*out of order/),
      ]);
      const auth = btoa(`me:${password}`);
      expect((await pulled({ auths: { [`https://${address}/v1/`]: { auth } } })).code).toBe(0);
    });
  },
);

test("images --tree has no colours with NO_COLOR", async () => {
  const { out } = await hull(["images", "--tree"], { env: { NO_COLOR: "1" } });
  expect(out).toContain("IMAGE ");
  expect(out).not.toContain("\x1b[");
});
