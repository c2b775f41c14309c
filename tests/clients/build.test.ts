import { beforeAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { clientEngine, hullOnly, onReference } from "../setup/client-engine.ts";
import { RunningHull, runHull } from "../setup/hull-cli.ts";
import { Terminal } from "../setup/terminal.ts";
import { engineCommand } from "../setup/test-engine.ts";
import { until } from "../setup/until.ts";

const engine = clientEngine();

/** A context of its own for each test. */
let contexts = 0;
function context(files: Readonly<Record<string, string>>): string {
  const directory = join(engine.directory, `context-${contexts++}`);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(directory, path, ".."), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

const environment = () => ({ DOCKER_HOST: engine.host, DOCKER_CONFIG: engine.directory });

const hull = (args: readonly string[], options: Parameters<typeof runHull>[1] = {}) =>
  runHull(args, { ...options, env: { ...environment(), ...options.env } });

async function built(args: readonly string[], options: Parameters<typeof runHull>[1] = {}) {
  const result = await hull(["build", "--progress=plain", ...args], options);
  if (result.code !== 0)
    throw new Error(`hull build ${args.join(" ")}: ${result.code}\n${result.out}${result.err}`);
  return result;
}

/** `docker build` by the classic builder; its warning about itself is the client's. */
async function classic(args: readonly string[], options: { stdin?: string; cwd?: string } = {}) {
  const { code, out, err } = await engine.dockerWith(
    { ...options, env: { DOCKER_BUILDKIT: "0" } },
    "build",
    ...args,
  );
  return { code, out, err: err.replace(/^DEPRECATED:.*\n(?: {2,}.*\n)*\n*/m, "") };
}

/** Equal ids stay equal, whatever they are. */
function withoutIds(text: string): string {
  const names = new Map<string, string>();
  return text.replace(/\b[0-9a-f]{12}\b/g, (id) => {
    const known = names.get(id) ?? `ID${names.size + 1}`;
    names.set(id, known);
    return known;
  });
}

/** What no earlier run of these tests has built. */
const fresh = () => `salt${crypto.randomUUID().replaceAll("-", "")}`;

beforeAll(async () => {
  if (!onReference) await engine.ok("image", "inspect", "busybox");
});

/** With the libraries it needs, each where it is on this machine. */
async function copyProgram(name: string, root: string): Promise<void> {
  const path = Bun.which(name) ?? name;
  const libraries = Bun.spawnSync(["ldd", path]).stdout.toString().match(/\/\S+/g) ?? [];
  for (const file of [path, ...libraries]) {
    const target = join(root, file.startsWith("/bin/") ? `/usr${file}` : file);
    mkdirSync(join(target, ".."), { recursive: true });
    copyFileSync(file, target);
    chmodSync(target, 0o755);
  }
}

describe("docker build by the classic builder", () => {
  test("tells each instruction in the order of the file, then what is in the cache", async () => {
    const salt = fresh();
    const directory = context({
      Dockerfile: `ARG BASE=busybox
FROM $BASE AS one
ENV SALT=${salt}
RUN echo out; sleep 0.3; echo trouble >&2
WORKDIR /work
COPY f /f
FROM busybox
ARG WHO=me
LABEL salt=${salt}
COPY --from=one /f /g
EXPOSE 80
CMD ["true"]
`,
      f: salt,
    });
    const name = engine.name("words");
    const first = await classic(["-t", name, "-t", `${name}:two`, "--build-arg", "UNUSED=1", directory]);
    expect(first.code).toBe(0);
    const step = (id: string, container: string) =>
      ` ---> Running in ${container}\nRemoving intermediate container ${container}\n ---> ${id}\n`;
    const words = withoutIds(first.out).replace(/^Sending build context[^\n]*\s+(?=Step)/, "");
    expect(words).toBe(`Step 1/12 : ARG BASE=busybox
Step 2/12 : FROM $BASE AS one
 ---> ID1
Step 3/12 : ENV SALT=${salt}
${step("ID3", "ID2")}Step 4/12 : RUN echo out; sleep 0.3; echo trouble >&2
 ---> Running in ID4
out
\x1b[91mtrouble
\x1b[0mRemoving intermediate container ID4
 ---> ID5
Step 5/12 : WORKDIR /work
${step("ID7", "ID6")}Step 6/12 : COPY f /f
 ---> ID8
Step 7/12 : FROM busybox
 ---> ID1
Step 8/12 : ARG WHO=me
${step("ID10", "ID9")}Step 9/12 : LABEL salt=${salt}
${step("ID12", "ID11")}Step 10/12 : COPY --from=one /f /g
 ---> ID13
Step 11/12 : EXPOSE 80
${step("ID15", "ID14")}Step 12/12 : CMD ["true"]
${step("ID17", "ID16")}[Warning] One or more build-args [UNUSED] were not consumed
Successfully built ID17
Successfully tagged ${name}:latest
Successfully tagged ${name}:two
`);
    const again = await classic(["-t", name, directory]);
    const using = (id: string) => ` ---> Using cache\n ---> ${id}\n`;
    expect(
      withoutIds(again.out).replace(/^Sending build context[^\n]*\s+(?=Step)/, ""),
    ).toBe(`Step 1/12 : ARG BASE=busybox
Step 2/12 : FROM $BASE AS one
 ---> ID1
Step 3/12 : ENV SALT=${salt}
${using("ID2")}Step 4/12 : RUN echo out; sleep 0.3; echo trouble >&2
${using("ID3")}Step 5/12 : WORKDIR /work
${using("ID4")}Step 6/12 : COPY f /f
${using("ID5")}Step 7/12 : FROM busybox
 ---> ID1
Step 8/12 : ARG WHO=me
${using("ID6")}Step 9/12 : LABEL salt=${salt}
${using("ID7")}Step 10/12 : COPY --from=one /f /g
${using("ID8")}Step 11/12 : EXPOSE 80
${using("ID9")}Step 12/12 : CMD ["true"]
${using("ID10")}Successfully built ID10
Successfully tagged ${name}:latest
`);
    expect(await engine.once([], "true")).toBe("");
    expect(await engine.ok("run", "--rm", name, "cat", "/g")).toBe(salt);
  });

  test("a failed command ends it with its code; -q and --iidfile give the id", async () => {
    const failed = await classic(["-"], { stdin: `FROM busybox\nRUN echo ${fresh()}; exit 7\n` });
    expect(failed.code).toBe(7);
    expect(failed.err.trim()).toMatch(
      /^The command '\/bin\/sh -c echo \S+; exit 7' returned a non-zero code: 7$/,
    );
    const file = join(engine.directory, "iid");
    const quiet = await classic(["-q", "--iidfile", file, "-"], {
      stdin: `FROM busybox\nLABEL a=${fresh()}\n`,
    });
    expect(quiet.out).toMatch(/^sha256:[0-9a-f]{64}\n$/);
    expect(readFileSync(file, "utf8").trim()).toBe(quiet.out.trim());
  });

  test.each([
    ["FROM busybox\nRUNN x\n", /unknown instruction: RUNN/],
    ["FROM busybox\nCOPY not-there /\n", /COPY failed: .*not-there/],
    ["", /cannot be empty|no instructions|file with no/],
  ])("%j fails with its sentence", async (text, sentence) => {
    const { code, err } = await classic([context({ Dockerfile: text })]);
    expect(code).toBe(1);
    expect(err).toMatch(sentence);
  });

  hullOnly("BuildKit is another engine's")("BuildKit's client is told what to do", async () => {
    const { code, err } = await engine.dockerWith(
      { env: { DOCKER_BUILDKIT: "1" } },
      "build",
      context({ Dockerfile: "FROM scratch\n" }),
    );
    expect(code).not.toBe(0);
    expect(err.length).toBeGreaterThan(0);
    const response = await engine.request("POST", "/v1.51/build?version=2");
    expect(response.status).toBe(501);
    expect(await response.text()).toContain("DOCKER_BUILDKIT=0 docker build, or with hull build");
  });
});

describe("hull build", () => {
  test("works on any engine: a directory, a Dockerfile of standard input, an archive", async () => {
    const name = engine.name("any");
    const directory = context({
      "app/file": "kept",
      "app/big.log": "left out",
      "docker/Dockerfile": "FROM busybox\nARG V\nCOPY app /app\nRUN echo $V > /v\n",
      "docker/Dockerfile.dockerignore": "**/*.log\n",
      ".dockerignore": "app\n",
    });
    await hull(
      ["build", "-t", name, "-f", join(directory, "docker/Dockerfile"), "--build-arg", "V", directory],
      {
        env: { V: "from here" },
      },
    );
    expect(await engine.ok("run", "--rm", name, "sh", "-c", "ls /app; cat /v")).toBe("file\nfrom here");
    await hull(["build", "-t", name, "-f", "-", directory], {
      stdin: "FROM busybox\nRUN echo stdin > /where\n",
    });
    expect(await engine.ok("run", "--rm", name, "cat", "/where")).toBe("stdin");
    const tar = Bun.spawnSync(["tar", "-C", directory, "-cz", "docker", "app"]).stdout;
    const dockerfile = ["-f", "docker/Dockerfile"];
    const { code } = await hull(["build", "-t", name, ...dockerfile, "--build-arg", "V=t", "-"], {
      stdin: tar,
    });
    expect(code).toBe(0);
    expect(await engine.ok("run", "--rm", name, "cat", "/v")).toBe("t");
  });

  hullOnly("plain lines come from Hull's events")(
    "shows numbered steps, what was cached, why not, and warnings",
    async () => {
      const salt = fresh();
      const directory = context({
        Dockerfile: `FROM busybox\nRUN echo ${salt}\nCOPY f /f\nCMD [oops, x]\n`,
        f: "1",
      });
      const first = await built([directory]);
      expect(first.out).toBe("");
      expect(first.err).toMatch(
        new RegExp(`#\\d+ \\[2/3\\] RUN echo ${salt}\n#\\d+ \\d+\\.\\d{3} ${salt}\n#\\d+ DONE \\d+\\.\\ds`),
      );
      expect(first.err).toContain("InvalidJSONForm: ");
      expect(first.err).toContain("(Dockerfile:4)");
      writeFileSync(join(directory, "f"), "2");
      const second = await built(["--explain", directory]);
      expect(second.err).toMatch(/\[2\/3\] RUN echo \S+\n#\d+ CACHED/);
      expect(second.err).toMatch(/\[3\/3\] COPY f \/f\n(?:.*\n)*?#\d+ not cached: .*f/);
    },
  );

  hullOnly("json lines come from Hull's events")(
    "json gives the messages, quiet the id, and files what came of it",
    async () => {
      const directory = context({ Dockerfile: `FROM busybox\nLABEL x=${fresh()}\n` });
      const files = ["--iidfile", join(directory, "../iid2"), "--metadata-file", join(directory, "../meta")];
      const { out } = await hull(["build", "--progress=json", ...files, directory]);
      const messages = out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      expect(messages.at(-1)).toMatchObject({ type: "result", failedChecks: 0 });
      const quiet = await hull(["build", "-q", directory]);
      expect(quiet.out.trim()).toBe(messages.at(-1).image);
      expect(quiet.err).toBe("");
      expect(readFileSync(files[1] ?? "", "utf8")).toBe(quiet.out.trim());
      expect(JSON.parse(readFileSync(files[3] ?? "", "utf8"))["containerimage.config.digest"]).toBe(
        quiet.out.trim(),
      );
    },
  );

  hullOnly("the report is Hull's")("a failure shows the lines, the output, the sentence", async () => {
    const directory = context({
      Dockerfile: `FROM busybox\n\nRUN echo ${fresh()} && \\\n    cat /nowhere\nCMD x\n`,
    });
    const { code, err } = await hull(["build", "--progress=plain", directory]);
    expect(code).toBe(1);
    expect(err).toContain("cat: can't open '/nowhere': No such file or directory");
    expect(err).toMatch(
      /Dockerfile:3\n {3}1 │ FROM busybox\n {3}2 │ \n> {2}3 │ RUN echo .*\n> {2}4 │ {5}cat \/nowhere\n {3}5 │ CMD x\n/,
    );
    expect(err).toMatch(/ERROR: .*exit code: 1/);
    const wrong = await hull(["build", context({ Dockerfile: "FROM busybox\nCOPPY a b\n" })]);
    expect(wrong.err).toMatch(/> {2}2 │ COPPY a b\n/);
    expect(wrong.err).toContain("COPY");
  });

  hullOnly("outputs need a session")("outputs: a directory, archives, standard output", async () => {
    const directory = context({ Dockerfile: "FROM scratch\nCOPY f /bin/f\n", f: "made" });
    const out = join(directory, "../out");
    await built(["-o", out, "-o", `type=oci,dest=${out}.tar`, directory]);
    expect(readFileSync(join(out, "bin/f"), "utf8")).toBe("made");
    const list = Bun.spawnSync(["tar", "-tf", `${out}.tar`]).stdout.toString();
    expect(list).toContain("oci-layout");
    const stdout = await hull(["build", "-q", "-o", "-", directory]);
    expect(stdout.out).toContain("made");
    expect(stdout.out).not.toContain("sha256:");
  });

  hullOnly("secrets need a session")("secrets reach their step and nothing else", async () => {
    const secret = `s3cret-${fresh()}`;
    const directory = context({
      Dockerfile: `FROM busybox
RUN --mount=type=secret,id=token test "$(cat /run/secrets/token)" = "$(cat /run/secrets/token)" && wc -c < /run/secrets/token > /size
RUN --mount=type=secret,id=token,env=TOKEN test "$(echo $TOKEN | wc -c)" -gt 20
RUN test ! -e /run/secrets/token
`,
    });
    const name = engine.name("secret");
    const { err } = await built(["-t", name, "--secret", "id=token,env=MINE", directory], {
      env: { MINE: secret },
    });
    expect(err).not.toContain(secret);
    expect(await engine.ok("run", "--rm", name, "cat", "/size")).toBe(String(secret.length));
    expect(await engine.ok("history", "--no-trunc", name)).not.toContain(secret);
    const found = Bun.spawnSync(["grep", "-rlF", secret, engine.own.dataRoot]).stdout.toString();
    expect(found).toBe("");
    const missing = await hull(["build", "--no-cache", directory]);
    expect(missing.code).toBe(1);
  });

  hullOnly("agents need a session")("an ssh agent answers inside of its step", async () => {
    const socket = join(engine.directory, "agent.sock");
    const agent = Bun.spawn(["ssh-agent", "-D", "-a", socket], { stdout: "ignore", stderr: "ignore" });
    try {
      await until("the agent listens", () => existsSync(socket));
      const key = join(engine.directory, "key");
      Bun.spawnSync(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "of-the-test", "-f", key]);
      Bun.spawnSync(["ssh-add", key], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stderr: "ignore" });
      const directory = context({
        Dockerfile: `FROM busybox\nCOPY root /\nRUN --mount=type=ssh echo ${fresh()} && ssh-add -l && ssh-add -l\n`,
      });
      await copyProgram("ssh-add", join(directory, "root"));
      const { err } = await built(["--ssh", `default=${socket}`, directory]);
      expect(err.match(/SHA256:\S+ of-the-test \(ED25519\)/g)).toHaveLength(2);
      const none = await hull(["build", "--ssh", "default=/nowhere/agent", directory]);
      expect(none.err).toContain('no ssh agent "default" listens on "/nowhere/agent"');
    } finally {
      agent.kill();
      await agent.exited;
    }
  });

  hullOnly("the address is that of this machine")(
    "a Dockerfile and an archive by their address",
    async () => {
      const directory = context({
        "D.web": `FROM busybox\nCOPY f /f\nRUN echo ${fresh()} && cat /f\n`,
        f: "from afar",
      });
      const tar = Bun.spawnSync(["tar", "-C", directory, "-cz", "."]).stdout;
      using server = Bun.serve({
        port: 0,
        hostname: "127.0.0.1",
        fetch: ({ url }) =>
          new Response(url.endsWith("/c.tgz") ? tar : `FROM busybox\nRUN echo alone ${fresh()}\n`),
      });
      const at = `http://127.0.0.1:${server.port}`;
      expect((await built(["-f", "D.web", `${at}/c.tgz`])).err).toContain(" from afar\n");
      expect((await built([`${at}/Dockerfile`])).err).toContain(" alone salt");
      const remote = await classic([`${at}/Dockerfile`]);
      expect(remote.code).toBe(0);
    },
  );

  hullOnly("named contexts need a session")(
    "named contexts take the place of stages and images",
    async () => {
      const directory = context({ Dockerfile: "FROM base\nCOPY --from=lib /l /l\nRUN cat /l\n" });
      const library = context({ l: `library ${fresh()}`, ".dockerignore": "x", x: "no" });
      const words = ["--build-context", "base=docker-image://busybox", "--build-context", `lib=${library}`];
      const { err } = await built([...words, directory]);
      expect(err).toContain("library ");
    },
  );

  hullOnly("only Hull takes things off a base")("--unset takes off what the base declared", async () => {
    const base = engine.name("base");
    const vols = context({
      Dockerfile: "FROM busybox\nVOLUME /data\nEXPOSE 80\nENV GONE=1 KEPT=2\nLABEL l=1\n",
    });
    await built(["-t", base, vols]);
    const name = engine.name("unset");
    const unset = ["VOLUME=/data", "EXPOSE=80", "ENV=GONE", "LABEL=l"].flatMap((word) => ["--unset", word]);
    await built(["-t", name, ...unset, context({ Dockerfile: `FROM ${base}\n` })]);
    const config = JSON.parse(await engine.ok("inspect", "--format", "{{json .Config}}", name));
    expect([config.Volumes ?? null, config.ExposedPorts ?? null]).toEqual([null, null]);
    expect(config.Env.join(" ")).toContain("KEPT=2");
    expect(config.Env.join(" ")).not.toContain("GONE");
  });

  hullOnly("checks are Hull's")("--check builds nothing, and says what could be better", async () => {
    const bad = context({
      Dockerfile: "FROM busybox\nRUN echo a\nRUN echo b\nRUN echo c\nENV PASSWORD=x\nCMD echo hi\n",
    });
    const { code, out } = await hull(["build", "--check", bad]);
    expect(code).toBe(1);
    expect(out).toMatch(/Dockerfile:\d+/);
    const good = context({ Dockerfile: 'FROM busybox:1.36\nCMD ["true"]\n' });
    const fine = await hull(["build", "--check", good]);
    expect([fine.code, fine.out]).toEqual([0, "Check complete, no warnings found.\n"]);
  });

  test("build context lists what would be sent, and why", async () => {
    const directory = context({
      Dockerfile: "FROM scratch\n",
      "a.log": "1",
      "src/big": "x".repeat(5000),
      ".dockerignore": "*.log\n",
    });
    const { out, code } = await hull(["build", "context", "--ignored", directory]);
    expect(code).toBe(0);
    expect(out).toMatch(/^ {6}5kB {2}src\/big\n/);
    expect(out).toContain(
      "3 files, 5.02kB would be sent\nleft out:\n  .dockerignore:1 *.log: 1 path\n    a.log\n",
    );
  });

  hullOnly("local caches need a session")(
    "a cache taken elsewhere and back is as good as the own one",
    async () => {
      const salt = fresh();
      const directory = context({ Dockerfile: `FROM busybox\nRUN echo ${salt} > /salt\n` });
      const cache = join(directory, "../cache");
      await built(["--cache-to", `type=local,dest=${cache},mode=max`, directory]);
      expect(readdirSync(cache).length).toBeGreaterThan(0);
      await engine.ok("builder", "prune", "-af");
      const { err } = await built(["--cache-from", `type=local,src=${cache}`, directory]);
      expect(err).toMatch(/RUN echo \S+ > \/salt\n#\d+ CACHED/);
    },
  );
});

describe("a build that is given up", () => {
  const sleeping = () => context({ Dockerfile: `FROM busybox\nRUN echo begun ${fresh()} && sleep 600\n` });

  const nothingRuns = () =>
    until("no step runs", () => {
      const found = Bun.spawnSync(["pgrep", "-f", "sleep 600"]).stdout.toString().trim();
      return found === "" || onReference;
    });
  const nothingReceived = () =>
    until("no context is left", () => readdirSync(join(engine.own.dataRoot, "build/received")).length === 0);

  hullOnly("what is left is looked for in Hull's folders")(
    "by Ctrl-C: the step ends at once, nothing stays",
    async () => {
      await using client = new RunningHull(["build", "--progress=plain", sleeping()], { env: environment() });
      await client.printed(/begun/);
      expect(await client.interrupt()).toBe(130);
      await nothingRuns();
      await nothingReceived();
    },
  );

  hullOnly("what is left is looked for in Hull's folders")(
    "by a client that is killed, of either kind",
    async () => {
      await using client = new RunningHull(
        ["build", "--progress=plain", "--secret", "id=x,env=HOME", sleeping()],
        {
          env: environment(),
        },
      );
      await client.printed(/begun/);
      client.process.kill("SIGKILL");
      await nothingRuns();
      const docker = Bun.spawn([...(engine.hostPrefix ?? []), "docker", "build", sleeping()], {
        stdout: "pipe",
        stderr: "ignore",
        env: { ...process.env, ...environment(), DOCKER_BUILDKIT: "0" },
      });
      const reader = docker.stdout.getReader();
      for (let seen = ""; !seen.includes("begun "); ) {
        const { done, value } = await reader.read();
        if (done) throw new Error(`docker build ended: ${seen}`);
        seen += Buffer.from(value).toString();
        if (/Running in/.test(seen) && /\nbegun /.test(seen)) break;
        if (!/\nbegun /.test(seen)) seen = seen.replaceAll("echo begun", "");
      }
      docker.kill("SIGKILL");
      await docker.exited;
      await nothingRuns();
      await nothingReceived();
    },
  );
});

describe("at a terminal", () => {
  const atTerminal = (...args: string[]) =>
    new Terminal([...engineCommand(), ...args], environment(), 24, 90);

  hullOnly("the tree is made of Hull's events")(
    "a tree that ends with all steps, and the cursor is there again",
    async () => {
      await using terminal = atTerminal(
        "build",
        context({ Dockerfile: `FROM busybox\nRUN echo ${fresh()}; sleep 0.3\n` }),
      );
      expect(await terminal.ended()).toBe(0);
      expect(terminal.seen).toContain("Built");
      expect(terminal.seen).toMatch(/✔.*RUN echo/);
      expect(terminal.seen.lastIndexOf("\x1b[?25h")).toBeGreaterThan(terminal.seen.lastIndexOf("\x1b[?25l"));
    },
  );

  hullOnly("only Hull opens a shell in a failed step")(
    "--on-error=shell looks into the failed step, without its secrets",
    async () => {
      const directory = context({
        Dockerfile: `FROM busybox\nRUN --mount=type=secret,id=x echo ${fresh()} > /made && false\n`,
      });
      await using terminal = atTerminal("build", "--on-error=shell", "--secret", "id=x,env=HOME", directory);
      await terminal.sees("A shell in the failed step");
      await terminal.sees("/ # ");
      await terminal.type(
        "wc -w /made; echo secret $(cat /run/secrets/x | wc -c); stty size; echo over-$((40+2))\n",
      );
      await terminal.sees("over-42");
      expect(terminal.seen).toContain("1 /made");
      expect(terminal.seen).toContain("secret 0");
      expect(terminal.seen).toContain("24 90");
      await terminal.type("exit\n");
      expect(await terminal.ended()).toBe(1);
      expect(terminal.seen).toContain("ERROR:");
    },
  );
});

describe("the build cache", () => {
  hullOnly("only Hull moves cache mounts")(
    "a cache mount goes to a file and into another mount",
    async () => {
      const id = fresh();
      const mounted = (name: string, line: string) =>
        context({ Dockerfile: `FROM busybox\nRUN --mount=type=cache,id=${name},target=/c ${line}\n` });
      await built([mounted(id, `echo ${id} > /c/f && ln -s f /c/l`)]);
      const file = join(engine.directory, "mount.tar");
      expect((await hull(["builder", "cache", "export", "-o", file, id])).code).toBe(0);
      expect((await hull(["builder", "cache", "import", "-i", file, `${id}-two`])).code).toBe(0);
      expect((await built([mounted(`${id}-two`, "cat /c/l")])).err).toContain(` ${id}\n`);
      const none = await hull(["builder", "cache", "export", "-o", file, "nobody"]);
      expect(none.err).toContain('no build has made the cache mount "nobody"');
    },
  );

  test("is listed by system df, and pruned", async () => {
    await classic(["-q", "-"], { stdin: `FROM busybox\nRUN echo ${fresh()} > /f\n` });
    const pruned = await engine.ok("builder", "prune", "-af");
    expect(pruned).toMatch(/Total reclaimed space: \S+B$/);
    if (onReference) return;
    expect(await engine.ok("system", "df", "--format", "{{.Type}} {{.TotalCount}}")).toContain(
      "Build Cache 0",
    );
    await built([
      context({ Dockerfile: `FROM busybox\nRUN --mount=type=cache,id=c,target=/c echo ${fresh()} > /c/f\n` }),
    ]);
    const listed = await hull(["builder", "du"]);
    expect(listed.out).toContain("exec.cachemount");
    expect(await engine.ok("system", "df", "-v")).toMatch(/Build cache usage: [1-9]/);
    const again = await hull(["builder", "prune", "-a", "-f", "--filter", "type=exec.cachemount"]);
    expect(again.out).toMatch(/^Deleted build cache objects:\n/);
  });
});
