import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runDocker } from "../setup/docker-cli.ts";
import { runHull } from "../setup/hull-cli.ts";

/** The same words to both programs, each with a folder of its own: they must say and store the same. */
let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "hull-context-"));
  for (const who of ["hull", "docker"]) mkdirSync(join(directory, who, "config"), { recursive: true });
  // A certificate that is its own authority, and its key: the docker program looks into them.
  const options = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=test"];
  const files = ["-keyout", "key.pem", "-out", "cert.pem"];
  Bun.spawnSync(["openssl", "req", "-x509", ...options, ...files], { cwd: directory, stderr: "ignore" });
  copyFileSync(join(directory, "cert.pem"), join(directory, "ca.pem"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Where only the two programs' own folders and default sockets differ, they do not. */
function plain(text: string, who: string): string {
  return text
    .replaceAll(join(directory, who), "DIR")
    .replace(/unix:\/\/\/run\/hull\.sock( {6})?/g, "unix:///var/run/docker.sock")
    .replace(/Run '(hull|docker) .*/g, "")
    .replaceAll("hull", "docker");
}

async function both(args: readonly string[], env: Record<string, string> = {}): Promise<[Said, Said]> {
  const clean = { DOCKER_HOST: "", DOCKER_CONTEXT: "", ...env };
  const hull = await runHull(args, {
    cwd: join(directory, "hull"),
    env: { ...clean, DOCKER_CONFIG: join(directory, "hull/config") },
  });
  const docker = await runDocker(clean.DOCKER_HOST, join(directory, "docker/config"), args, {
    cwd: join(directory, "docker"),
    env: clean,
  });
  const said = ({ code, out, err }: Said, who: string) => ({
    code,
    out: plain(out, who),
    err: plain(err, who),
  });
  return [said(hull, "hull"), said(docker, "docker")];
}

/** All files below a program's configuration, with what is in them. */
function stored(who: string): Record<string, string> {
  const root = join(directory, who, "config");
  const names = readdirSync(root, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    files.sort().map((file) => [file.slice(root.length), plain(readFileSync(file, "utf8"), who)]),
  );
}

const far = "host=tcp://a-name-that-is-long.example:2376";
const steps: { args: string[]; env?: Record<string, string> }[] = [
  { args: ["context", "create", "one", "--docker", far, "--description", "the <first> & only"] },
  { args: ["context", "ls"] },
  { args: ["context", "ls", "-q"] },
  { args: ["context", "list", "--format", "json"] },
  { args: ["context", "ls", "--format", "{{.Name}}: {{.DockerEndpoint}} {{json .Current}}"] },
  { args: ["context", "ls", "--format", "table {{.Name}}\\t{{.Current}}\\t{{upper .Description}}"] },
  { args: ["context", "inspect", "one"] },
  { args: ["context", "inspect", "-f", "{{.Name}} {{.Endpoints.docker.Host}}", "one", "default"] },
  { args: ["context", "inspect", "-f", "json", "one"] },
  { args: ["context", "inspect", "one", "nobody"] },
  { args: ["context", "inspect"] },
  { args: ["context", "use", "one"] },
  { args: ["context", "show"] },
  { args: ["context", "ls"] },
  { args: ["context", "ls"], env: { DOCKER_CONTEXT: "nobody" } },
  { args: ["context", "ls"], env: { DOCKER_HOST: "tcp://10.1.2.3" } },
  { args: ["--context", "two", "context", "show"] },
  { args: ["-H", "tcp://x", "context", "show"] },
  { args: ["-H", "tcp://x", "-c", "one", "context", "show"] },
  { args: ["-H", "tcp://x", "-H", "tcp://y", "version", "-f", "{{.Server.Os}}"] },
  { args: ["context", "rm", "one"] },
  { args: ["context", "create", "one"] },
  { args: ["context", "create", "default"] },
  { args: ["context", "create", "a b"] },
  { args: ["context", "create", "two", "--docker", "nope=1"] },
  { args: ["context", "create", "two", "--docker", "host=nope"] },
  { args: ["context", "create", "two", "--docker", "host=tcp://h,ca=/nowhere/ca.pem"] },
  { args: ["context", "create", "two", "--from", "one"] },
  { args: ["context", "create", "three", "--from", "nobody"] },
  { args: ["context", "create", "tls", "--docker", "TLS"] },
  { args: ["context", "inspect", "tls"] },
  { args: ["context", "update", "two", "--description", "new", "--docker", "host=ssh://me@vm"] },
  { args: ["context", "update", "nobody"] },
  { args: ["context", "inspect", "two"] },
  { args: ["context", "export", "tls"] },
  { args: ["context", "export", "tls"] },
  { args: ["context", "import", "again", "tls.dockercontext"] },
  { args: ["context", "import", "again", "tls.dockercontext"] },
  { args: ["context", "import", "other", "nofile"] },
  { args: ["context", "inspect", "again"] },
  { args: ["context", "ls"] },
  { args: ["context", "rm", "two", "nobody", "again"] },
  { args: ["context", "rm", "-f", "one"] },
  { args: ["context", "use", "nobody"] },
  { args: ["context", "use", "default"] },
  { args: ["context", "rm", "default"] },
  { args: ["context", "show", "x"] },
  { args: ["context", "ls", "--format", "{{.Name"] },
];

describe("hull context", () => {
  test("says and stores what the docker program does", async () => {
    const tls = ["ca", "cert", "key"].map((key) => `${key}=${directory}/${key}.pem`).join(",");
    for (const { args, env } of steps) {
      const words = args.map((word) => (word === "TLS" ? `host=tcp://h:2376,${tls}` : word));
      const [hull, docker] = await both(words, env);
      expect({ args: words, ...hull }).toEqual({ args: words, ...docker });
      expect({ args: words, stored: stored("hull") }).toEqual({ args: words, stored: stored("docker") });
    }
  }, 60_000);

  test("archives travel between both programs", async () => {
    const run = async (who: string, ...args: string[]) => {
      const env = { DOCKER_HOST: "", DOCKER_CONFIG: join(directory, who, "config") };
      const options = { cwd: directory, env };
      const { code, err } =
        who === "hull" ? await runHull(args, options) : await runDocker("", env.DOCKER_CONFIG, args, options);
      expect([args, code, code === 0 ? "" : err]).toEqual([args, 0, ""]);
    };
    await run("hull", "context", "export", "tls", "ours");
    await run("docker", "context", "import", "travelled", "ours");
    await run("docker", "context", "export", "travelled", "theirs");
    await run("hull", "context", "import", "travelled", "theirs");
    expect(stored("hull")).toEqual(stored("docker"));
  });

  test("an archive that names other files is refused", async () => {
    writeFileSync(join(directory, "plain"), "x".repeat(2000));
    Bun.spawnSync(["tar", "cf", "bad.tar", "plain"], { cwd: directory });
    for (const [file, reason] of [
      ["plain", "tar header"],
      ["bad.tar", 'invalid context: unexpected file "plain"'],
    ] as const) {
      const { code, err } = await runHull(["context", "import", "bad", file], {
        cwd: directory,
        env: { DOCKER_CONFIG: join(directory, "hull/config") },
      });
      expect([code, err]).toEqual([1, expect.stringContaining(reason)]);
    }
  });
});
