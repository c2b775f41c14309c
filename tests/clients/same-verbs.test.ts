import { beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { clientEngine, onReference } from "../setup/client-engine.ts";
import type { DockerResult } from "../setup/docker-cli.ts";
import { RunningHull, runHull } from "../setup/hull-cli.ts";
import { until } from "../setup/until.ts";

const engine = clientEngine();
const name = (word: string) => engine.name(word);

/** What both programs are called for; words in capitals stand for names of this file's own. */
beforeAll(async () => {
  const long = ["sh", "-c", "echo made > /made; rm /bin/ar; sleep 1000"];
  await engine.ok("volume", "create", "--label", "a=b", "--label", "c", name("vol"));
  await engine.ok("network", "create", name("net"));
  await Promise.all([
    engine.ok(
      ...["run", "-d", "--init", "--name", name("up"), "-l", "x=y", "-l", "a.b=c", "-v", `${name("vol")}:/v`],
      ...["--health-cmd", "true", "--health-interval", "1h", "-p", "127.0.0.1::80", "busybox", ...long],
    ),
    engine.ok("create", "--name", name("made"), "-m", "64m", "--network", name("net"), "busybox", "true"),
    engine.ok("run", "--name", name("done"), "busybox", "true"),
  ]);
  writeFileSync(join(engine.directory, "empty.tar"), new Uint8Array(10240));
});

/** What Go's types know of containers that the JSON does not tell, or tells by another name. */
const templates = [
  "{{.ID}} {{.State.Health.Status}} {{.State.Health.FailingStreak}}",
  "{{if .State.Health}}{{len .State.Health.Log}}{{else}}none{{end}} {{.SizeRw}} {{.Config.StopTimeout}}",
  "{{.HostConfig.RestartPolicy}} {{.HostConfig.LogConfig}} {{.HostConfig.ConsoleSize}} {{.HostConfig.Devices}}",
  "{{.NetworkSettings.Ports}} {{.HostConfig.PortBindings}} {{.Config.ExposedPorts}} {{.Mounts}}",
  "{{range $name, $net := .NetworkSettings.Networks}}{{$name}} {{$net.IPAddress}} {{$net.IPAMConfig}}{{end}}",
  "{{.Config.Labels.nope}} {{.Config.Labels}} {{.Config.Labels.x}}",
  '{{join .Config.Cmd " "}} {{index .Config.Cmd 0}} {{.Args}} {{range .Config.Env}}{{println .}}{{end}}',
  "{{json .Config}} {{json .HostConfig}} {{json .NetworkSettings}}",
  "{{json .}}",
  "{{.Id}} {{.Nope}}",
  "{{.ID}} {{.Id}}",
  "{{.State.Nope}}",
  '{{index .Args "x"}}',
  "{{upper .State}}",
  "{{.NetworkSettings.Networks.nope.IPAddress}}",
];

const bad = ["table {{.Foo}}", "{{.ID"];

/** Nothing here changes anything, or it changes it so that a second time is the same. */
const calls: (string | string[])[] = [
  // Containers.
  ...["stop", "restart", "kill", "pause", "unpause", "rm", "commit", "container inspect"].flatMap((word) => [
    word,
    `${word} nobody`,
  ]),
  "stop nobody nor-her",
  "stop -t x UP",
  "stop --time 1 nobody",
  "stop --time 1 --timeout 2 nobody",
  "kill -s NONSENSE UP",
  "kill DONE",
  "kill DONE nobody",
  "pause DONE",
  "unpause UP",
  "rm UP",
  "rm -f nobody",
  ["rm", ""],
  "rm -l UP",
  "rename",
  "rename UP",
  ["rename", "UP", ""],
  "rename nobody else",
  "rename UP DONE",
  "update",
  "update UP",
  "update -m 100m nobody",
  "update --restart nonsense UP",
  "update --restart on-failure:x UP",
  "update --restart :3 UP",
  "update --restart no UP nobody",
  "update --cpus x UP",
  "update --cpus 0.0000000001 UP",
  "update -m x UP",
  "update --blkio-weight -1 UP",
  "update --blkio-weight 70000 UP",
  "update --pids-limit 100 --cpu-shares 512 UP MADE",
  "commit UP BAD",
  "commit UP x:y:z",
  "commit UP x@sha256:0",
  "diff UP",
  "diff MADE",
  ["diff", ""],
  "top DONE",
  "top UP -o pid,comm",
  "top UP -nonsense",
  "port nobody",
  "port UP x",
  "stats --no-stream nobody",
  "stats --no-stream DONE",
  "stats --no-stream --no-trunc DONE MADE",
  "stats --no-stream --format json DONE nobody",
  "stats --no-stream --format json DONE",
  ["stats", "--no-stream", "--format", "{{.Container}} {{.Name}} {{.ID}}", "UP", "DONE"],
  ["stats", "--no-stream", "-a", "--format", "table {{.Name}}\t{{.MemUsage}}", "DONE"],
  "container inspect UP nobody",
  "container inspect -s UP",
  ...templates.map((text) => ["inspect", "-f", text, "UP"]),
  ["inspect", "-f", templates[1] ?? "", "DONE"],
  [
    "image",
    "inspect",
    "-f",
    "{{json .}} {{.Metadata}} {{.RootFS.Layers}} {{.Config.Labels}} {{.Variant}}",
    "busybox",
  ],
  ["network", "inspect", "-f", "{{json .}} {{.IPAM.Config}} {{.Created}} {{.Containers}} {{.Peers}}", "NET"],
  "container prune --filter x",
  "container prune -f --filter x=y",
  "container prune -f --filter label=nothing-has-this",
  "container prune",
  "container ls -a",
  "container list -aq",
  "container ps --filter x=y",
  "container nonsense",
  // Images.
  "import",
  "import nobody.tar",
  "import - BAD",
  "image prune",
  "image prune -a",
  "image prune --filter x",
  "image inspect busybox nobody",
  "image inspect nobody",
  // Volumes.
  "volume ls",
  "volume ls -q",
  "volume ls --format json",
  ["volume", "ls", "--format", 'table {{.Name}}\t{{.Labels}}\t{{.Label "a"}}\t{{.Mountpoint}}'],
  "volume ls -f name=nothing",
  "volume ls -f x=y",
  "volume ls -f x",
  "volume inspect",
  "volume inspect VOL",
  "volume inspect VOL nobody",
  ["volume", "inspect", "-f", "{{.Name}} {{.Labels}} {{.Options}} {{.UsageData}}", "VOL"],
  "volume inspect -f json VOL",
  "volume create x y",
  "volume create --name x y",
  "volume create -d nonsense x",
  "volume create BAD/x",
  "volume create VOL",
  "volume rm",
  "volume rm nobody nor-her",
  "volume rm -f nobody",
  "volume rm VOL",
  "volume prune",
  "volume prune -a",
  "volume prune -f --filter x=y",
  "volume prune -af --filter all=1",
  "volume prune -f --filter label=nothing-has-this",
  "volume update VOL",
  // Networks.
  "network prune",
  "network prune -f --filter label=nothing-has-this",
  "network inspect NET",
  "network inspect nobody",
  // The engine.
  "system prune",
  "system prune -a --volumes --filter label=x --filter label!=y",
  "system prune -f --volumes --filter until=24h",
  "system prune -f --filter label=nothing-has-this",
  "events --filter x",
  "events --since nonsense",
  "info -f {{.ServerVersion}}",
  [
    "info",
    "-f",
    "{{.HTTPProxy}}{{.CPUCfsQuota}}{{range .Plugins.Volume}}{{.}} {{end}}{{.Swarm.LocalNodeState}}",
  ],
  ["info", "-f", "{{json .Swarm}} {{json .RegistryConfig}} {{json .CDISpecDirs}} {{.ClientInfo.Context}}"],
  // What Hull has not got.
  "plugin ls",
  "plugin ls -q",
  "plugin ls --format json",
  ...["inspect", "rm", "enable", "disable", "push", "upgrade"].map((verb) => `plugin ${verb} x`),
  // The reference would ask a registry.
  ...(onReference ? [] : ["plugin install x"]),
  "plugin set x a=b",
  "plugin ls --filter x=y",
  "plugin enable",
  ...[
    "node ls",
    "node ps",
    "node inspect self",
    "node rm x",
    "node promote x",
    "node demote x",
    "node update x",
  ],
  ...["service ls", "service create --name x busybox true", "service inspect x", "service logs x"],
  ...["service ps x", "service rm x", "service rollback x", "service update --image y x"],
  ...["stack ls", "stack ps x", "stack services x", "secret ls -q", "secret rm x", "secret inspect x"],
  ...["config ls", "config rm x", "config inspect x", "swarm ca", "swarm leave", "swarm leave -f"],
  ...["swarm join-token worker", "swarm unlock", "swarm unlock-key -q"],
  ...["service ls --nonsense", "service rm", "stack ps", "swarm join", "secret inspect"],
  "checkpoint ls UP",
  "checkpoint create UP x",
  // Anything.
  "inspect",
  "inspect nobody",
  "inspect nobody UP nor-her",
  "inspect UP busybox VOL NET",
  "inspect --type nonsense UP",
  ["inspect", "--type", "", "UP"],
  "inspect --type image UP",
  "inspect --type volume UP",
  "inspect --type network UP",
  "inspect --type plugin UP",
  "inspect --type service UP",
  "inspect --type container UP",
  "inspect --type image busybox",
  "inspect -s --type image busybox",
  "inspect -s UP busybox",
  ["inspect", "-f", "{{.Name}}", "NET", "busybox", "nobody", "UP"],
  "inspect -f json UP busybox",
  ...["images", "network ls", "volume ls", "stats --no-stream -a", "system df", "system df -v"].flatMap(
    (list) => bad.map((format) => [...list.split(" "), "--format", format]),
  ),
  ...[
    "ps -a",
    "history busybox",
    "image inspect busybox",
    "volume inspect VOL",
    "network inspect bridge",
  ].flatMap((list) => bad.map((format) => [...list.split(" "), "--format", format])),
  ...["info", "container inspect UP", "inspect UP", "inspect nobody", "events --since 1h --until 0s"].flatMap(
    (list) => ["{{.Foo}}", "{{.ID"].map((format) => [...list.split(" "), "--format", format]),
  ),
];

/** Words of the docker program that differ only in its own mistakes; it makes no guesses. */
const plain = (text: string) =>
  text
    .replaceAll("docker", "hull")
    .replace("\nSee 'hull", "\nRun 'hull")
    .replace("\nSRun 'hull", "\nRun 'hull")
    .replace(/^Did you mean .*\n/gm, "");

/** Maps of Go come in any order, and images after each other. */
const sorted = (text: string) => text.split("\n").sort().join("\n");

async function compare(words: readonly string[], stdin?: string) {
  const args = words.map((word) =>
    /^(UP|DONE|MADE|VOL|NET)$/.test(word) ? name(word.toLowerCase()) : word.replaceAll("VOLUME", name("vol")),
  );
  const env = engine.environment;
  const options = stdin === undefined ? {} : { stdin };
  for (let tries = 1; ; tries++) {
    const [hull, docker] = await Promise.all([
      runHull(args, { env, ...options }),
      engine.dockerWith(options, ...args),
    ]);
    const said = ({ code, out, err }: typeof hull) => ({
      args,
      code,
      out: /^(image|diff)/.test(words[0] ?? "") ? sorted(out) : out,
      err: plain(err),
    });
    // A second may have ended between the two: "3 seconds ago" and "4 seconds ago".
    if (tries < 5 && !Bun.deepEquals(said(hull), said(docker))) continue;
    expect(said(hull)).toEqual(said(docker));
    return;
  }
}

/** Both programs do the same to a thing of their own each; what they say is the same but for its name. */
async function compareTwins(
  words: readonly string[],
  prepare: (twin: string) => Promise<unknown>,
  look: (twin: string) => Promise<string> = async () => "",
) {
  const word = `t${Math.random().toString(36).slice(2, 8)}`;
  const twins = { hull: name(`${word}-hull`), docker: name(`${word}-dock`) };
  await Promise.all(Object.values(twins).map(prepare));
  const argsOf = (twin: string) =>
    words.map((one) =>
      one === "EMPTY" ? join(engine.directory, "empty.tar") : one.replaceAll("TWIN", twin),
    );
  const done = async (twin: string, run: (args: string[]) => Promise<DockerResult>) => {
    const { code, out, err } = await run(argsOf(twin));
    const same = (text: string) =>
      text
        .replaceAll(twin, "TWIN")
        .replace(/[0-9a-f]{64}/g, "ID")
        .replaceAll("docker", "hull");
    return { words, code, out: same(out), err: same(err), left: same(await look(twin)) };
  };
  const hull = await done(twins.hull, (args) => runHull(args, { env: engine.environment }));
  const docker = await done(twins.docker, (args) => engine.docker(...args));
  expect(hull).toEqual(docker);
  await engine.docker("rm", "-fv", ...Object.values(twins));
}

const made = (twin: string) =>
  engine.ok("create", "--name", twin, "--label", twin, "busybox", "sh", "-c", "sleep 1000");
const running = (twin: string) =>
  engine.ok(
    "run",
    "-d",
    "--init",
    "--name",
    twin,
    "--label",
    twin,
    "busybox",
    "sh",
    "-c",
    "echo >/x; sleep 1000",
  );
const ended = (twin: string) => engine.ok("run", "--name", twin, "--label", twin, "busybox", "true");
const volume = (twin: string) => engine.ok("volume", "create", "--label", twin, twin);

/** What is left of a container, without what differs between any two. */
async function state(twin: string) {
  const { out } = await engine.docker(
    ...[
      "inspect",
      "-f",
      "{{.State.Status}} {{.State.ExitCode}} {{json .HostConfig}} {{.State.Paused}}",
      twin,
    ],
  );
  return out;
}

const image = (twin: string) =>
  engine.ok(
    "image",
    "inspect",
    "-f",
    "{{json .Config}} {{.Comment}} {{.Author}} {{json .RootFS}}",
    `${twin}:x`,
  );

const deeds: [
  words: string[],
  prepare: (twin: string) => Promise<unknown>,
  look?: (twin: string) => Promise<string>,
][] = [
  [["stop", "-t", "5", "TWIN"], running, state],
  [["stop", "-s", "KILL", "TWIN", "nobody"], running, state],
  [["restart", "-t", "0", "TWIN"], running, state],
  [["kill", "TWIN"], running, state],
  [["kill", "-s", "USR1", "TWIN", "nobody"], running],
  [["pause", "TWIN"], running, state],
  [["rm", "TWIN", "nobody"], made, state],
  [["rm", "-fv", "/TWIN"], running, state],
  [["container", "remove", "-f", "TWIN", "nobody"], running, state],
  [
    ["rename", "TWIN", "TWIN-2"],
    async (twin) => engine.ok("create", "--rm", "--name", twin, "busybox", "true"),
  ],
  [
    [
      "update",
      "-m",
      "100m",
      "--memory-swap",
      "-1",
      "--cpus",
      "0.5",
      "--cpuset-cpus",
      "0",
      "--restart",
      "on-failure:3",
      "TWIN",
    ],
    running,
    state,
  ],
  [
    ["update", "--pids-limit", "77", "-c", "99", "--memory-reservation", "30m", "TWIN", "nobody"],
    made,
    state,
  ],
  [["diff", "TWIN"], ended],
  [
    ["commit", "-m", "words", "-a", "somebody", "-c", "CMD a b", "-c", "ENV x=y", "TWIN", "TWIN:x"],
    ended,
    image,
  ],
  [["commit", "-p=false", "TWIN", "TWIN:x"], running, image],
  [["container", "prune", "-f", "--filter", "label=TWIN"], ended, state],
  [
    ["volume", "create", "-l", "a=b", "-d", "local", "-o", "type=tmpfs", "-o", "device=tmpfs", "TWIN"],
    async () => {},
  ],
  [["volume", "rm", "TWIN", "nobody"], volume],
  [["volume", "prune", "-af", "--filter", "label=TWIN"], volume],
  [
    ["network", "prune", "-f", "--filter", "label=TWIN"],
    (twin) => engine.ok("network", "create", "--label", twin, twin),
  ],
  [["import", "-m", "words", "-c", "CMD sh", "EMPTY", "TWIN:x"], async () => {}, image],
];

describe("hull does what docker does", () => {
  for (const [words, prepare, look] of deeds) {
    test.concurrent(words.join(" "), () => compareTwins(words, prepare, look));
  }

  test("unpause", async () => {
    await compareTwins(["unpause", "TWIN"], async (twin) => {
      await running(twin);
      await engine.ok("pause", twin);
    });
  });

  test("prune asks, and no is no failure", async () => {
    for (const kind of ["container", "image", "network", "volume", "system"]) {
      for (const answer of ["n\n", "\n", "", "nonsense\n"]) await compare([kind, "prune"], answer);
    }
  });

  test("import reads standard input", async () => {
    const archive = new Uint8Array(10240);
    const hull = await runHull(["import", "-"], { env: engine.environment, stdin: archive });
    const docker = await engine.dockerWith({ stdin: archive }, "import", "-");
    expect([hull.code, hull.err]).toEqual([docker.code, docker.err]);
    expect(hull.out).toMatch(/^sha256:[0-9a-f]{64}\n$/);
  });
});

describe("info, version and events", () => {
  /** What is of the program itself, and what Go's maps put in any order. */
  const own = (text: string) =>
    text
      .replace(/^ Version:.*$/m, " Version:")
      .replace(/^ Runtimes: (.*)$/m, (_, names: string) => ` Runtimes: ${names.split(" ").sort().join(" ")}`)
      .replace(
        /"SystemTime":"[^"]*"|"NFd":\d+|"NEventsListener":\d+|"ClientInfo":\{.*\}|"NGoroutines":\d+/g,
        "",
      );

  test.each([["info"], ["-D info"], ["system info"], ["info -f json"], ["info -f {{json.}}"]])(
    "%s",
    async (line) => {
      const args = line.split(" ");
      // Other tests make and remove containers meanwhile.
      await until(`${line} says the same`, async () => {
        const [hull, docker] = await Promise.all([
          runHull(args, { env: engine.environment }),
          engine.docker(...args),
        ]);
        const said = ({ code, out, err }: DockerResult) => ({
          code,
          out: own(out).replace(/^ {2}(File Descr|Goroutines|System Time|EventsL).*$/gm, ""),
          err: err.replaceAll(/^time=.*\n/gm, ""),
        });
        return (
          Bun.deepEquals(said(hull), said(docker)) ||
          `${said(hull).out}${said(hull).err} <> ${said(docker).out}${said(docker).err}`
        );
      });
    },
  );

  test("an engine that is not there", async () => {
    const env = { ...engine.environment, DOCKER_HOST: "unix:///nonexistent/engine.sock" };
    for (const args of [["info"], ["info", "-f", "{{.ID}}"], ["info", "-f", "{{.ClientInfo.Context}}"]]) {
      const hull = await runHull(args, { env });
      const docker = await engine.dockerWith({ env }, ...args);
      expect([args, hull.code, own(hull.out)]).toEqual([args, docker.code, own(docker.out)]);
      expect(hull.err === "").toBe(docker.err === "");
    }
  });

  test("events of the past, in every format", async () => {
    const since = String(Date.now() / 1000 - 1);
    const twin = name("eventful");
    await engine.ok("run", "--rm", "--name", twin, "-l", "b=1", "-l", "a=2", "busybox", "true");
    await engine.ok("volume", "rm", await engine.ok("volume", "create", twin));
    const end = String(Date.now() / 1000 + 1);
    const filters = ["--filter", `container=${twin}`];
    for (const format of [
      [],
      ["--format", "json"],
      ["--format", "{{json .}}"],
      ["--format", "{{.Type}} {{.Action}} {{.Actor.ID}} {{.Actor.Attributes.name}} {{.Scope}} {{.TimeNano}}"],
    ]) {
      await compare(["events", "--since", since, "--until", end, ...filters, ...format]);
      await compare([
        "system",
        "events",
        "--since",
        since,
        "--until",
        end,
        "-f",
        "type=volume",
        "-f",
        `volume=${twin}`,
        ...format,
      ]);
    }
  });

  test("events as they come, until Ctrl-C", async () => {
    await using hull = new RunningHull(
      ["events", "--filter", "type=volume", "--format", "{{.Action}} {{.Actor.ID}}"],
      {
        env: engine.environment,
      },
    );
    const twin = name("later");
    // Whether it listens yet cannot be seen: something happens until it hears of it.
    await until("hull hears of a volume", async () => {
      await engine.ok("volume", "create", twin);
      await engine.ok("volume", "rm", twin);
      return hull.out.includes(`create ${twin}\n`);
    });
    expect(await hull.interrupt()).toBe(130);
    expect(hull.err).toBe("");
  });

  test("stats are drawn again and again, with what comes and without what goes", async () => {
    const twin = name("measured");
    await running(twin);
    await using hull = new RunningHull(["stats", "--format", "{{.Name}} {{.PIDs}}"], {
      env: engine.environment,
    });
    await hull.printed(new RegExp(`\\x1b\\[H[^]*${twin} [1-9]`));
    await engine.ok("rm", "-f", twin);
    const before = hull.out.length;
    await until("it is gone from the screen", async () => {
      const screens = hull.out.slice(before).split("\x1b[H");
      return screens.length > 2 && !screens.at(-2)?.includes(twin);
    });
    expect(await hull.interrupt()).toBe(130);
  });
});

describe("hull says what docker says", () => {
  test.concurrent.each(calls.map((call) => [typeof call === "string" ? call.split(" ") : call] as const))(
    "%j",
    (words) => compare(words),
  );
});
