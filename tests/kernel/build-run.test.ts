import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FailedStep } from "../../src/build/build-request.ts";
import type { CommandFailed } from "../../src/build/command-failed.ts";
import { DockerfileError } from "../../src/build/dockerfile/dockerfile-error.ts";
import { isKind } from "../../src/errors/engine-error.ts";
import { formatPlatform, hostPlatform, parsePlatformText } from "../../src/oci/platform.ts";
import { until } from "../setup/until.ts";
import { BuildLab, type Built, endsOf, outputOf } from "./build-fixture.ts";

let lab: BuildLab;
let files: string;
beforeAll(async () => {
  lab = await BuildLab.open();
  files = mkdtempSync(join(tmpdir(), "hull-context-"));
});
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
  rmSync(files, { recursive: true, force: true });
});

const read = (built: Built, path: string) =>
  lab.look(built, (root) => readFileSync(join(root, path), "utf8"));
const failure = (dockerfile: string, options: Parameters<BuildLab["build"]>[1] = {}): Promise<Error> =>
  lab.build(dockerfile, options).then(
    () => new Error("it was built"),
    (error) => error,
  );
/** Another one each time, so that nothing is in the cache. */
let count = 0;
const unique = () => `echo ${++count} >/dev/null`;

test("a command runs in the stage's directory, as its user, with its environment and arguments", async () => {
  const built = await lab.build(`
FROM busybox
ARG GIVEN=argument
ENV SAID=environment
WORKDIR /work
USER 12:34
RUN echo "$(pwd) $(id -u):$(id -g) $SAID $GIVEN $HOME"
`);
  expect(built.output.trim()).toBe("/work 12:34 environment argument /");
  expect(built.image.config.config?.Env?.join()).not.toContain("GIVEN");
});

test("what the runtime mounts on leaves nothing behind", async () => {
  const built = await lab.build(
    `
FROM scratch
COPY --from=busybox /bin /bin
RUN --mount=type=cache,target=/deep/down/cache --mount=type=tmpfs,target=/scratch --mount=type=secret,id=x echo made > /made
`,
    { secrets: { read: async () => Buffer.from("s") } },
  );
  expect((await lab.look(built, (root) => readdirSync(root))).sort()).toEqual(["bin", "made"]);
});

test("a failing command is told with its place, its words and its code", async () => {
  const error = await failure("FROM busybox\n\nRUN echo before; exit 7");
  expect(error).toBeInstanceOf(DockerfileError);
  expect(error.message).toBe(
    'process "/bin/sh -c echo before; exit 7" did not complete successfully: exit code: 7',
  );
  expect((error as DockerfileError).range.start.line).toBe(3);
  expect((error.cause as CommandFailed).exitCode).toBe(7);
});

test("a program that is not there ends with 127, and says so", async () => {
  const error = await failure('FROM busybox\nRUN ["/no/such/program"]');
  expect((error.cause as CommandFailed).exitCode).toBe(127);
});

test("a bind shows files of the context, a stage or an image; writes to it are thrown away", async () => {
  writeFileSync(join(files, "given.txt"), "given");
  const built = await lab.build(
    `
FROM busybox AS other
RUN mkdir /out && echo other > /out/file
FROM busybox
RUN --mount=type=bind,target=/context --mount=type=bind,from=other,source=/out,target=/out,rw \\
    --mount=type=bind,from=busybox,source=/etc/passwd,target=/pw \\
    cat /context/given.txt /out/file >> /all && grep -c root /pw >> /all && \\
    echo changed > /out/file && ! (echo x > /context/new) 2>/dev/null
RUN --mount=type=bind,from=other,source=/out,target=/out cat /out/file >> /all; ls / >> /all
`,
    { files },
  );
  const all = await read(built, "all");
  expect(all.split("\n").slice(0, 3)).toEqual(["givenother", "1", "other"]);
  expect(all).not.toContain("pw");
});

test("a changed file that is bound runs the step again, another one does not", async () => {
  writeFileSync(join(files, "used"), "1");
  writeFileSync(join(files, "unused"), "1");
  const dockerfile = "FROM busybox\nRUN --mount=type=bind,source=used,target=/used cat /used > /copy";
  await lab.build(dockerfile, { files });
  writeFileSync(join(files, "unused"), "2");
  expect((await lab.build(dockerfile, { files })).ends).toContain(
    "cached [2/2] RUN --mount=type=bind,source=used,target=/used cat /used > /copy",
  );
  writeFileSync(join(files, "used"), "2");
  const built = await lab.build(dockerfile, { files, explain: true });
  expect(built.ends.join("\n")).toContain("changed");
  expect(await read(built, "copy")).toBe("2");
});

test("a cache mount keeps its files between builds; owners and modes are as asked", async () => {
  const dockerfile = (what: string) =>
    `FROM busybox\nRUN --mount=type=cache,target=/c,id=keep,uid=5,gid=6,mode=0711 ${unique()}; stat -c %u:%g:%a /c; ${what}`;
  expect((await lab.build(dockerfile("echo kept > /c/file"))).output).toBe("5:6:711\n");
  expect((await lab.build(dockerfile("cat /c/file"))).output).toBe("5:6:711\nkept\n");
  const usage = await lab.builder.usage();
  expect(usage.find(({ description }) => description === "cached mount keep from exec")).toMatchObject({
    type: "exec.cachemount",
    inUse: false,
    size: 5,
  });
});

test("a new cache mount begins with the files of another stage", async () => {
  const built = await lab.build(`
FROM busybox AS seed
RUN mkdir /s && echo seed > /s/file
FROM busybox
RUN --mount=type=cache,target=/c,id=seeded,from=seed,source=/s cat /c/file
`);
  expect(built.output).toContain("seed\n");
});

test("locked cache mounts are used one after the other, private ones are never shared", async () => {
  const dockerfile = (sharing: string) => `
FROM busybox AS a
RUN --mount=type=cache,target=/c,id=one-${sharing},sharing=${sharing} ${unique()}; test ! -e /c/busy && echo > /c/busy && sleep 0.2 && rm /c/busy
FROM busybox AS b
RUN --mount=type=cache,target=/c,id=one-${sharing},sharing=${sharing} ${unique()}; test ! -e /c/busy && echo > /c/busy && sleep 0.2 && rm /c/busy
FROM scratch
COPY --from=a /etc/passwd /a
COPY --from=b /etc/passwd /b
`;
  await lab.build(dockerfile("locked"));
  await lab.build(dockerfile("private"));
});

test("steps that lock the same cache mounts in another order, or twice, never wait for each other", async () => {
  const [one, two] = [
    "--mount=type=cache,sharing=locked,id=o1,target=/o1",
    "--mount=type=cache,sharing=locked,id=o2,target=/o2",
  ];
  const seen = "touch /o1/f; test -e /o1/f && sleep 0.1";
  await lab.build(`
FROM busybox AS a
RUN ${one} ${two} ${unique()}; ${seen}
FROM busybox AS b
RUN ${two} ${one} ${unique()}; ${seen}
FROM busybox AS c
RUN ${one} --mount=type=cache,sharing=locked,id=o1,target=/again ${unique()}; touch /again/g; test -e /o1/g
FROM scratch
COPY --from=a /etc/passwd /a
COPY --from=b /etc/passwd /b
COPY --from=c /etc/passwd /c
`);
});

test("a download that fails is told at the line that asks for it", async () => {
  const sum = `sha256:${"a".repeat(64)}`;
  const error = await failure(`FROM scratch\nADD --checksum=${sum} http://127.0.0.1:1/x /`);
  expect(error).toBeInstanceOf(DockerfileError);
  expect((error as DockerfileError).range.start.line).toBe(2);
});

test("a bind of what is not there is told as such", async () => {
  const error = await failure("FROM busybox\nRUN --mount=type=bind,from=busybox,source=/nope,target=/x true");
  expect(error.message).toBe('"/nope": not found');
});

test("secrets are files on a tmpfs or variables, and nothing of them stays", async () => {
  const value = `hidden-${crypto.randomUUID()}`;
  const built = await lab.build(
    `
FROM busybox
RUN --mount=type=secret,id=one --mount=type=secret,id=two,target=/two,mode=0444,uid=3 --mount=type=secret,id=three,env=THREE \\
    cat /run/secrets/one > /dev/null; stat -c %a:%u /run/secrets/one /two; \\
    test "$(cat /run/secrets/one)$(cat /two)$THREE" = "$(cat /two)$(cat /two)$(cat /two)" && echo same; \\
    grep -q ' /two tmpfs' /proc/mounts && echo tmpfs
RUN --mount=type=secret,id=missing test ! -e /run/secrets/missing
`,
    { secrets: { read: async (id) => (id === "missing" ? undefined : Buffer.from(value)) } },
  );
  expect(built.output).toBe("400:0\n444:3\nsame\ntmpfs\n");
  const { dataRoot } = lab.context.settings;
  const found = Bun.spawnSync(["grep", "-rlaF", value, dataRoot]).stdout.toString();
  expect(found).toBe("");
  expect(JSON.stringify(built.image.config)).not.toContain(value);
});

test("a required secret that was not given ends the step", async () => {
  const error = await failure("FROM busybox\nRUN --mount=type=secret,id=need,required=true true");
  expect(error.message).toBe("secret need: not found");
});

test("an ssh mount is a socket to the user's agent", async () => {
  const asked: string[] = [];
  const built = await lab.build(
    `FROM busybox\nRUN --mount=type=ssh ${unique()}; test -S "$SSH_AUTH_SOCK" && echo "$SSH_AUTH_SOCK"; stat -c %a "$SSH_AUTH_SOCK"`,
    {
      sshAgent: (id) => {
        asked.push(id);
        return {
          connect: async () => {
            throw new Error("nobody connects");
          },
        };
      },
    },
  );
  expect(asked).toEqual(["default"]);
  expect(await lab.look(built, (root) => existsSync(join(root, "run")))).toBe(false);
  expect(built.output).toBe("/run/buildkit/ssh_agent.0\n600\n");
  const error = await failure("FROM busybox\nRUN --mount=type=ssh,required=true true");
  expect(error.message).toBe("unset ssh forward key default");
});

test("hosts, shared memory, limits and the network are as the build asks", async () => {
  const built = await lab.build(
    `FROM busybox\nRUN ${unique()}; grep example /etc/hosts; df -k /dev/shm | tail -1 | tr -s ' ' | cut -d' ' -f2; ulimit -n; ls /sys/class/net`,
    {
      hosts: [{ name: "example", address: "10.1.2.3" }],
      limits: { shmSize: 8 << 20, ulimits: [{ Name: "nofile", Soft: 123, Hard: 456 }] },
    },
  );
  expect(built.output).toBe("10.1.2.3\texample\n8192\n123\nlo\n");
});

test("insecure steps have all capabilities, others have not", async () => {
  const text = `FROM busybox\nRUN ${unique()}; grep CapEff /proc/self/status`;
  const capabilities = (output: string) => BigInt(`0x${output.trim().split("\t")[1]}`);
  const sandboxed = capabilities((await lab.build(text)).output);
  const insecure = capabilities(
    (
      await lab.build(text.replace("RUN", "RUN --security=insecure"), {
        allow: new Set(["security.insecure"]),
      })
    ).output,
  );
  expect(insecure > sandboxed).toBe(true);
  expect(sandboxed & (1n << 21n)).toBe(0n);
});

test("a heredoc with a first line of its own is a program", async () => {
  const built = await lab.build("FROM busybox\nRUN <<EOF\n#!/bin/cat\ntext of it\nEOF\n");
  expect(built.output).toContain("text of it");
  expect(await lab.look(built, (root) => existsSync(join(root, "dev/pipes")))).toBe(false);
});

test("a cancelled build stops its step at once, and keeps what was done", async () => {
  const leaving = new AbortController();
  const first = unique();
  const dockerfile = `FROM busybox\nRUN ${first}\nRUN echo begun; sleep 1000`;
  const began = Date.now();
  const events: Parameters<typeof endsOf>[0][number][] = [];
  const error = await failure(dockerfile, {
    signal: leaving.signal,
    onEvent: (event) => {
      events.push(event);
      if (outputOf(events).includes("begun")) leaving.abort();
    },
  });
  expect(isKind(error, "cancelled")).toBe(true);
  expect(Date.now() - began).toBeLessThan(30_000);
  expect(endsOf(events).at(-1)).toBe("cancelled [3/3] RUN echo begun; sleep 1000");
  const again = await lab.build(`FROM busybox\nRUN ${first}`);
  expect(again.ends).toContain(`cached [2/2] RUN ${first}`);
});

test("a step that fails stops those beside it", async () => {
  const error = await failure(`
FROM busybox AS slow
RUN ${unique()}; sleep 1000
FROM busybox AS failing
RUN ${unique()}; exit 3
FROM scratch
COPY --from=slow /etc /a
COPY --from=failing /etc /b
`);
  expect((error.cause as CommandFailed).exitCode).toBe(3);
});

test("two builds at once run the same step once, and both have its output", async () => {
  const step = `RUN ${unique()}; cat /proc/sys/kernel/random/uuid; sleep 0.3`;
  const [one, two] = await Promise.all([
    lab.build(`FROM busybox\n${step}`),
    lab.build(`FROM busybox\n${step}`),
  ]);
  expect(one.output).toHaveLength(37);
  expect(two.output).toBe(one.output);
  expect(two.image.id).toBe(one.image.id);
});

test("independent stages run side by side", async () => {
  const waitFor = (own: string, other: string) =>
    `RUN --mount=type=cache,target=/c,id=meet ${unique()}; echo > /c/${own}; until test -e /c/${other}; do sleep 0.05; done`;
  const dockerfile = `
FROM busybox AS a
${waitFor("a", "b")}
FROM busybox AS b
${waitFor("b", "a")}
FROM scratch
COPY --from=a /etc/passwd /a
COPY --from=b /etc/passwd /b
`;
  await lab.build(dockerfile);
});

test("the failed step can be looked into: its files and variables, not its secrets", async () => {
  let output = "";
  const dockerfile = `FROM busybox\nENV KNOWN=variable\nRUN --mount=type=secret,id=s,env=SECRET ${unique()}; echo made > /made; exit 1`;
  const error = await failure(dockerfile, {
    secrets: { read: async () => Buffer.from("hidden") },
    onFailure: async (failed: FailedStep) => {
      const keys = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(Buffer.from('cat /made; echo "[$KNOWN$SECRET]"; exit 5\n'));
        },
      });
      const code = await failed.shell(
        { input: keys, resizes: (async function* () {})() },
        (bytes) => {
          output += Buffer.from(bytes).toString();
        },
        new AbortController().signal,
      );
      output += `code ${code}`;
    },
  });
  expect((error.cause as CommandFailed).exitCode).toBe(1);
  expect(output).toContain("made\r\n[variable]");
  expect(output).toContain("code 5");
});

test("nothing of a step is left mounted or running when its build is over", async () => {
  await lab.build(`FROM busybox\nRUN --mount=type=secret,id=s ${unique()}`, {
    secrets: { read: async () => Buffer.from("x") },
  });
  const { execRoot } = lab.context.settings;
  const mounts = () =>
    readFileSync("/proc/self/mountinfo", "utf8")
      .split("\n")
      .filter((line) => line.includes(`${execRoot}/build`));
  await until("no mount is left", () => mounts().length === 0);
  expect(readdirSync(join(execRoot, "build/steps"))).toEqual([]);
  await until("no shim is left", () => readdirSync(join(execRoot, "containers")).length === 0);
});

test("a layer keeps owners and times; SOURCE_DATE_EPOCH makes the same image twice", async () => {
  mkdirSync(join(files, "sub"), { recursive: true });
  writeFileSync(join(files, "sub/file"), "x");
  const text = "FROM busybox\nCOPY --chown=7:8 sub /sub\nRUN date +%s%N > /tmp/x; echo fixed > /tmp/x";
  const options = { files, noCache: true, buildArgs: new Map([["SOURCE_DATE_EPOCH", "1000000000"]]) };
  const one = await lab.build(text, options);
  await Bun.sleep(20);
  const two = await lab.build(text, options);
  expect(two.image.id).toBe(one.image.id);
  const stats = await lab.look(two, (root) => statSync(join(root, "sub/file")));
  expect([stats.uid, stats.gid, stats.mtimeMs]).toEqual([7, 8, 1e12]);
});

test("an OCI layout the client sent stands for an image", async () => {
  const layout = join(files, "layout");
  mkdirSync(layout);
  const archive = await lab.context.images.save(["busybox:latest"]);
  const unpack = Bun.spawn(["tar", "-x", "-C", layout], { stdin: new Response(archive) });
  expect(await unpack.exited).toBe(0);
  const namedContexts = new Map([
    ["base", { kind: "layout", path: layout, reference: "busybox:latest" } as const],
  ]);
  const built = await lab.build(`FROM base\nRUN ${unique()}; echo on the layout`, { namedContexts });
  expect(built.output).toBe("on the layout\n");
});

test("several platforms are one build; what runs nothing is made for all of them", async () => {
  writeFileSync(join(files, "given.txt"), "given");
  const other = hostPlatform().architecture === "arm64" ? "amd64" : "arm64";
  const platforms = [hostPlatform(), parsePlatformText(`linux/${other}`)];
  const text = "FROM scratch\nARG TARGETARCH\nCOPY given.txt /\nLABEL arch=$TARGETARCH";
  const built = await lab.build(text, { files, platforms });
  const titles = built.events.flatMap((event) => (event.type === "step" ? [event.step.title] : []));
  for (const platform of platforms)
    expect(titles).toContain(`[${formatPlatform(platform)} 2/2] COPY given.txt /`);
  // The one this machine runs is what the store keeps; a registry gets an index of both.
  const { architecture } = hostPlatform();
  expect(built.image.config).toMatchObject({ architecture, config: { Labels: { arch: architecture } } });
});
