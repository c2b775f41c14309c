import { expect, test } from "bun:test";
import { notFound } from "../../errors/engine-error.ts";
import type { StoredImage } from "../../images/stored-image.ts";
import type { ImageConfig } from "../../oci/image-config.ts";
import { parsePlatformText } from "../../oci/platform.ts";
import { DockerfileError } from "../dockerfile/dockerfile-error.ts";
import { parseDockerfile } from "../dockerfile/parse-dockerfile.ts";
import type { BuildWarning } from "../dockerfile/source.ts";
import { planBuild } from "./plan-build.ts";
import type { PlanInput } from "./planning.ts";
import { printPlan } from "./print-plan.ts";

const baseConfigs: Readonly<Record<string, ImageConfig["config"]>> = {
  busybox: { Env: ["PATH=/bin"], Cmd: ["sh"] },
  web: {
    Env: ["PATH=/bin", "PORT=80"],
    Cmd: ["serve"],
    Entrypoint: ["/entry"],
    Volumes: { "/data": {} },
    ExposedPorts: { "80/tcp": {} },
    Labels: { a: "1", b: "2" },
    WorkingDir: "/srv",
  },
  bare: { Env: ["A=1"] },
  onbuild: { Env: ["PATH=/bin"], OnBuild: ["COPY . /src", "RUN make"] },
};

function imageOf(name: string): StoredImage {
  const config = baseConfigs[name];
  if (!config) throw notFound(`No such image: ${name}:latest`);
  return {
    id: `sha256:${name}`,
    layers: [{}],
    config: {
      config,
      history: [{ created_by: `base of ${name}` }],
      rootfs: { type: "layers", diff_ids: [] },
    },
  } as unknown as StoredImage;
}

interface Options extends Partial<Omit<PlanInput, "request">> {
  readonly request?: Partial<PlanInput["request"]>;
}

async function plan(text: string, { request, ...options }: Options = {}) {
  const warnings: BuildWarning[] = [];
  const asked: string[] = [];
  const amd64 = parsePlatformText("linux/amd64");
  const built = await planBuild({
    dockerfile: parseDockerfile({ name: "Dockerfile", text }),
    context: { kind: "directory", path: "/ctx" },
    ignore: [],
    buildPlatform: amd64,
    platform: amd64,
    isOneOfSeveral: false,
    resolve: async ({ reference }) => {
      asked.push(reference);
      return imageOf(reference);
    },
    warn: (warning) => void warnings.push(warning),
    request: {
      namedContexts: new Map(),
      target: "",
      buildArgs: new Map(),
      labels: new Map(),
      noCache: false,
      network: "default",
      hosts: [],
      limits: {},
      allow: new Set(),
      unset: [],
      ...request,
    },
    ...options,
  });
  return { ...built, printed: printPlan(built), warnings, asked };
}

const failure = async (text: string, options: Options = {}): Promise<Error> =>
  plan(text, options).then(
    () => new Error("it was planned"),
    (error) => error,
  );

const args = (values: Record<string, string>) => ({
  request: { buildArgs: new Map(Object.entries(values)) },
});

test("a stage becomes a chain of operations with BuildKit's history", async () => {
  const { printed } = await plan(`
FROM busybox
ENV A=1 B="two words"
WORKDIR /app
COPY --chown=1:2 src ./
RUN make $A
EXPOSE 80 53/udp
VOLUME /data
USER app
WORKDIR sub
HEALTHCHECK --interval=1m30s --retries=3 CMD curl -f localhost
STOPSIGNAL SIGINT
SHELL ["/bin/ash", "-c"]
LABEL x=y
CMD run it
`);
  expect(printed).toMatchSnapshot();
});

test("arguments: given before default, global ones where a stage declares them, ENV before ARG", async () => {
  const text = `
ARG BASE=busybox
ARG VERSION=1
FROM $BASE
ARG VERSION
ARG OTHER=\${VERSION}-x
ARG NONE
ENV VERSION=9
RUN echo $VERSION
LABEL version=$VERSION other=$OTHER
`;
  expect((await plan(text)).printed).toMatchSnapshot();
  expect((await plan(text, args({ VERSION: "5", OTHER: "z" }))).printed).toMatchSnapshot();
});

test("proxy arguments reach the process, and neither history nor environment", async () => {
  const { image } = await plan("FROM busybox\nRUN true", args({ HTTP_PROXY: "http://p", no_proxy: "x" }));
  expect(image.top).toMatchObject({ env: ["PATH=/bin"], silentEnv: ["HTTP_PROXY=http://p", "no_proxy=x"] });
  expect(image.history.at(-1)?.created_by).toBe("RUN /bin/sh -c true # buildkit");
});

test("platform arguments are there in FROM, and in stages that declare them", async () => {
  const text = "FROM --platform=$BUILDPLATFORM busybox\nARG TARGETARCH\nARG BUILDOS\nRUN build";
  const { image } = await plan(text, { platform: parsePlatformText("linux/arm64") });
  expect(image.top).toMatchObject({ env: ["PATH=/bin", "TARGETARCH=arm64", "BUILDOS=linux"] });
});

test("only stages the target needs are planned, and only their images asked for", async () => {
  const text = `
FROM unknown AS unused
RUN nothing
FROM busybox AS build
RUN make
FROM web AS run
COPY --from=build /out /out
FROM busybox AS last
`;
  const { printed, asked } = await plan(text, { request: { target: "run" } });
  expect(asked.sort()).toEqual(["busybox", "web"]);
  expect(printed).toMatchSnapshot();
});

test("COPY --from takes a stage by name or number, and an image", async () => {
  const { printed } = await plan(`
FROM busybox AS one
RUN a
FROM busybox
COPY --from=one /a /
COPY --from=0 /b /
COPY --from=web /c /
`);
  expect(printed).toMatchSnapshot();
});

test("a named context takes the place of a stage, an image and a source", async () => {
  const namedContexts = new Map<
    string,
    { kind: "directory"; path: string } | { kind: "image"; reference: string }
  >([
    ["one", { kind: "directory", path: "/one" }],
    ["docker.io/library/busybox:latest", { kind: "image", reference: "web" }],
  ]);
  const { printed } = await plan(
    `
FROM nowhere AS one
FROM busybox
COPY --from=one /a /
`,
    { request: { namedContexts } },
  );
  expect(printed).toMatchSnapshot();
});

test("heredocs: a script, a program, files", async () => {
  const { printed } = await plan(`
FROM busybox
ARG WHO=you
RUN <<EOF
echo one
echo $WHO
EOF
RUN <<EOF
#!/usr/bin/env python
print(1)
EOF
COPY <<a.txt <<"b.txt" /dir/
hello $WHO
a.txt
hello $WHO
b.txt
`);
  expect(printed).toMatchSnapshot();
});

test("RUN mounts: paths made whole, sources as operations", async () => {
  const { printed } = await plan(`
FROM busybox AS tools
FROM busybox
ARG ID=me
WORKDIR /app
RUN --mount=type=bind,target=. --mount=type=bind,from=tools,source=bin,target=/tools,rw \\
    --mount=type=cache,target=cache,id=$ID,sharing=locked --mount=type=tmpfs,target=/tmp,size=64m \\
    --mount=type=secret,id=key,env=KEY --mount=type=ssh --network=none make
`);
  expect(printed).toMatchSnapshot();
});

test("RUN mounts: without a target at the working directory, with variables in every option", async () => {
  const { printed } = await plan(`
FROM busybox AS files
FROM busybox
ARG WHO=7 HOW=locked
WORKDIR /app
RUN --mount=from=files --mount=type=cache,target=c,uid=$WHO,sharing=$HOW make
`);
  expect(printed).toContain('{"type":"bind","target":"/app","from":"#1"}');
  expect(printed).toContain('{"type":"cache","uid":"7","sharing":"locked","target":"/app/c"}');
  const refused = (mount: string) => plan(`FROM busybox\nARG X=alone\nRUN --mount=${mount} make\n`);
  await expect(refused("from=busybox")).rejects.toThrow('invalid mount target "/"');
  await expect(refused("type=cache,target=/c,sharing=$X")).rejects.toThrow(
    'unsupported sharing value "alone"',
  );
});

test("a base image without PATH gets the usual one", async () => {
  const usual = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  const { image } = await plan("FROM bare\n");
  expect(image.config.Env).toEqual(["A=1", `PATH=${usual}`]);
  const longer = await plan("FROM bare\nENV PATH=$PATH:/more\n");
  expect(longer.image.config.Env).toEqual(["A=1", `PATH=${usual}:/more`]);
});

test("ADD: urls, git and local files", async () => {
  const { printed } = await plan(`
FROM scratch
ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.com/dir/file.tar /x/
ADD --keep-git-dir=true https://example.com/repo.git#main /repo
ADD local.tar.gz /y/
ADD --unpack=false local.tar /z/
`);
  expect(printed).toMatchSnapshot();
});

test("triggers of a base image run first, and are not inherited", async () => {
  const { printed } = await plan("FROM onbuild\nRUN own\nONBUILD RUN later");
  expect(printed).toMatchSnapshot();
});

test("a stage on another has its arguments, one that copies from it has not", async () => {
  const { printed } = await plan(`
FROM busybox AS base
ARG A=1
FROM base AS child
RUN echo $A
FROM child
ARG A=2
COPY --from=base x$A /
FROM busybox
COPY --from=2 y$A /
COPY --from=child y$A /
`);
  expect(printed).toContain('"A=1"');
  expect(printed).toContain("x2");
  expect(printed).not.toContain("y1");
});

test("ENTRYPOINT takes away a command of the base, and keeps one given with it", async () => {
  expect((await plan('FROM web\nENTRYPOINT ["x"]')).image.config.Cmd).toBeUndefined();
  expect((await plan('FROM web\nCMD ["c"]\nENTRYPOINT ["x"]')).image.config.Cmd).toEqual(["c"]);
});

test("--unset takes away what a base declares; --label adds", async () => {
  const { image } = await plan("FROM web", {
    request: {
      labels: new Map([["c", "3"]]),
      unset: [
        { kind: "VOLUME", name: "/data" },
        { kind: "EXPOSE", name: "80" },
        { kind: "ENV", name: "PORT" },
        { kind: "LABEL", name: "a" },
      ],
    },
  });
  expect(image.config).toMatchObject({ Volumes: {}, ExposedPorts: {}, Env: ["PATH=/bin"] });
  expect(image.config.Labels).toEqual({ b: "2", c: "3" });
});

test("--no-cache makes steps fresh: all, or those of some stages", async () => {
  const text = "FROM busybox AS a\nRUN 1\nFROM busybox AS b\nCOPY --from=a / /\nRUN 2";
  const fresh = async (noCache: boolean | string[]) =>
    (await plan(text, { request: { noCache } })).steps.map(({ operation }) => operation?.fresh ?? false);
  expect(await fresh(true)).toEqual([false, true, false, true, true]);
  expect(await fresh(["A"])).toEqual([false, true, false, false, false]);
});

test("SOURCE_DATE_EPOCH is on every operation that makes files", async () => {
  const { image } = await plan("FROM busybox\nRUN x", args({ SOURCE_DATE_EPOCH: "100" }));
  expect(image.top).toMatchObject({ epoch: 100 });
});

test.each<[string, Options, string]>([
  [
    "FROM busybox AS build\nFROM busybox",
    { request: { target: "biuld" } },
    'target stage "biuld" could not be found',
  ],
  ["FROM $NOTHING", {}, "base name ($NOTHING) should not be blank"],
  ["FROM nowhere", {}, "No such image: nowhere:latest"],
  ["FROM busybox AS build\nFROM busybox\nCOPY --from=biuld / /", {}, 'there is a stage named "build"'],
  ["FROM busybox\nCOPY --from=7 / /", {}, "invalid from flag value 7"],
  ["FROM busybox AS me\nCOPY --from=me / /", {}, "circular dependency"],
  ["FROM busybox\nRUN --security=insecure x", {}, "security.insecure is not allowed"],
  ["FROM busybox\nCOPY a b c", {}, "the destination must be a directory and end with a /"],
  ["FROM busybox\nEXPOSE 99999", {}, "invalid containerPort: 99999"],
])("%p is refused with its place", async (text, options, message) => {
  const error = await failure(text, options);
  expect(error).toBeInstanceOf(DockerfileError);
  expect(error.message).toContain(message);
  expect((error as DockerfileError).range.start.line).toBe(text.split("\n").length);
});

test("arguments nobody declares are warned of", async () => {
  const { warnings } = await plan(
    "FROM busybox\nARG NAME=x",
    args({ TYPO: "1", NAME: "y", HTTPS_PROXY: "z" }),
  );
  expect(warnings.map(({ rule, message }) => [rule, message])).toEqual([
    ["UnusedBuildArgs", "One or more build-args [TYPO] were not consumed"],
  ]);
});
