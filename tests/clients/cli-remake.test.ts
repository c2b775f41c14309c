import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ContainerInspectResponse } from "../../src/protocol/generated/types.ts";
import { clientEngine, hullOnly } from "../setup/client-engine.ts";
import { runHull } from "../setup/hull-cli.ts";

// `inspect --as`: what it prints is run, and what comes out compared with what was there.
const engine = clientEngine();

const hull = (...args: string[]) => runHull(args, { env: { DOCKER_HOST: engine.host } });

async function remake(form: string, container: string): Promise<string> {
  const { code, out, err } = await hull("inspect", "--as", form, container);
  if (code !== 0) throw new Error(err);
  return out;
}

/** A line for a shell, run by the real docker program. */
async function runLine(text: string): Promise<void> {
  const words = text.replace(/^hull /, "docker ");
  const script = `docker() { printf '%s\\0' "$@"; }\n${words}`;
  const shell = Bun.spawnSync(["sh", "-c", script], { stdout: "pipe", stderr: "pipe" });
  expect(shell.stderr.toString()).toBe("");
  await engine.ok(...shell.stdout.toString().split("\0").slice(0, -1));
}

/** What was wished, without what is new in every container. */
async function wished(container: string): Promise<unknown> {
  const {
    Id: id = "",
    Config: config,
    HostConfig: host,
    NetworkSettings: settings,
  } = await engine.inspect(container);
  const short = (id ?? "").slice(0, 12);
  const networks = Object.entries(settings?.Networks ?? {}).map(([name, endpoint]) => ({
    name,
    aliases: (endpoint.Aliases ?? []).filter((alias) => alias !== short).sort(),
    ipam: endpoint.IPAMConfig ?? null,
    options: endpoint.DriverOpts ?? null,
  }));
  const hostname = config?.Hostname === short ? "" : config?.Hostname;
  // Older engines keep them in any order.
  const env = [...(config?.Env ?? [])].sort();
  // The docker program sends them in the order of a Go map: any.
  const binds = host?.Binds?.toSorted() ?? null;
  return { config: { ...config, Hostname: hostname, Env: env }, host: { ...host, Binds: binds }, networks };
}

async function roundTrip(word: string, ...args: string[]): Promise<string> {
  const name = engine.name(word);
  await engine.ok("run", "-d", "--name", name, ...args);
  const before = await wished(name);
  const text = await remake("run", name);
  await engine.remove(name);
  await runLine(text);
  expect(await wished(name)).toEqual(before);
  return text;
}

test("a plain container is a plain command", async () => {
  const name = engine.name("plain");
  await engine.ok("run", "-d", "--name", name, "busybox", "sleep", "100");
  const labels = (await engine.inspect(name)).Config?.Labels;
  const flags = Object.keys(labels ?? {}).map((label) => `  --label ${label}= \\\n`);
  expect(await remake("run", name)).toBe(
    `hull run \\\n  --detach \\\n  --name ${name} \\\n${flags.join("")}  busybox sleep 100\n`,
  );
});

test("everything about the process comes back", async () => {
  const text = await roundTrip(
    ...([
      "process",
      "--hostname",
      "here",
      "--domainname",
      "d.example",
      "--user",
      "1000:1000",
      "--workdir",
      "/tmp",
    ] as const),
    ...["-e", "A=b c", "-e", `QUOTES=it's "$HOME" \\ 50%`, "-e", "EMPTY=", "-e", "LINES=a\nb"],
    ...[
      "--label",
      "plain=1",
      "--label",
      "spaced=a b",
      "--restart",
      "on-failure:3",
      "--init",
      "--stop-signal",
      "SIGUSR1",
    ],
    ...[
      "--stop-timeout",
      "3",
      "--health-cmd",
      `test -e /x || echo "no"`,
      "--health-interval",
      "5s",
      "--health-retries",
      "2",
    ],
    ...["--log-driver", "json-file", "--log-opt", "max-size=10m", "--group-add", "5", "-t", "-i"],
    ...["--entrypoint", "sleep", "busybox", "1000"],
  );
  expect(text).toContain(`--env 'QUOTES=it'\\''s "$HOME" \\ 50%'`);
});

test("limits and rights come back", async () => {
  await roundTrip(
    ...([
      "limits",
      "--memory",
      "64m",
      "--memory-reservation",
      "32m",
      "--cpus",
      "0.5",
      "--pids-limit",
      "50",
    ] as const),
    ...["--cpu-shares", "512", "--ulimit", "nofile=100:200", "--cap-add", "NET_ADMIN", "--cap-drop", "MKNOD"],
    ...[
      "--device",
      "/dev/null:/dev/other:rw",
      "--sysctl",
      "net.ipv4.ip_forward=1",
      "--read-only",
      "--shm-size",
      "32m",
    ],
    ...["--security-opt", "no-new-privileges", "--oom-score-adj", "100", "busybox", "sleep", "1000"],
  );
});

test("storage comes back", async () => {
  const volume = engine.name("data");
  await engine.ok("volume", "create", volume);
  const folder = join(engine.directory, "with space");
  mkdirSync(folder);
  await roundTrip(
    ...(["storage", "-v", `${volume}:/data:ro`, "-v", `${folder}:/folder`, "-v", "/anonymous"] as const),
    ...[
      "--mount",
      "type=tmpfs,dst=/scratch,tmpfs-size=1m,tmpfs-mode=1770",
      "--mount",
      `type=volume,src=${volume},dst=/more,volume-nocopy`,
    ],
    ...["--tmpfs", "/run:size=2m", "busybox", "sleep", "1000"],
  );
});

const manyNetworks = hullOnly("Docker 20.10 makes a container on one network only");

manyNetworks("ports, names and networks come back", async () => {
  const [one, two] = [engine.name("one"), engine.name("two")];
  const subnet = `${engine.own.subnet.replace(/^10\.(\d+)/, (_, part) => `10.${Number(part) + 128}`)}.0/24`;
  await engine.ok("network", "create", "--subnet", subnet, one);
  await engine.ok("network", "create", two);
  const [port, other] = [await engine.freePort(), await engine.freePort()];
  const address = subnet.replace("0/24", "77");
  await roundTrip(
    ...([
      "net",
      "-p",
      `${port}:80`,
      "-p",
      `127.0.0.1:${other}:53/udp`,
      "-p",
      "99",
      "--expose",
      "7000",
    ] as const),
    ...["--dns", "192.0.2.1", "--dns-search", "x.example", "--add-host", "db:192.0.2.2"],
    ...[
      "--network",
      `name=${one},alias=web,alias=www,ip=${address}`,
      "--network",
      two,
      "busybox",
      "sleep",
      "1000",
    ],
  );
  await roundTrip("host", "--network", "host", "busybox", "sleep", "1000");
  await roundTrip("alone", "--network", two, "--network-alias", "only", "busybox", "sleep", "1000");
});

const compose = Bun.which("docker-compose");
const composed = compose ? hullOnly("what Compose adds differs by engine") : test.skip;

composed("a Compose file is taken by docker-compose, and makes the same container", async () => {
  const name = engine.name("composed");
  const volume = engine.name("kept");
  await engine.ok("volume", "create", volume);
  const network = engine.name("lan");
  await engine.ok("network", "create", network);
  const args = [
    ...[
      "--network",
      network,
      "--network-alias",
      "web",
      "-e",
      "PRICE=$5 'x'",
      "-e",
      "YES=no",
      "--label",
      "a=b: c",
    ],
    ...[
      "-v",
      `${volume}:/data:ro`,
      "--memory",
      "32m",
      "--cpus",
      "0.5",
      "--restart",
      "always",
      "--init",
      "--user",
      "1000:1000",
    ],
    ...[
      "--health-cmd",
      "test 1 = 1",
      "--health-interval",
      "5s",
      "--cap-drop",
      "MKNOD",
      "--ulimit",
      "nofile=64:128",
    ],
    ...["--stop-timeout", "2", "--log-opt", "max-size=1m", "--add-host", "db:192.0.2.2", "--tmpfs", "/run"],
  ];
  await engine.ok("run", "-d", "--name", name, ...args, "busybox", "sleep", "1000");
  const before = comparable(await engine.inspect(name));
  const file = join(engine.directory, "docker-compose.yml");
  writeFileSync(file, await remake("compose", name));
  await engine.remove(name);
  const run = (...words: string[]) =>
    Bun.spawnSync([compose ?? "", "-p", engine.name("project"), "-f", file, ...words], {
      env: { ...process.env, ...engine.environment },
      stdout: "pipe",
      stderr: "pipe",
    });
  const checked = run("config", "-q");
  expect([checked.exitCode, checked.stderr.toString()]).toEqual([0, ""]);
  const up = run("up", "-d");
  if (up.exitCode !== 0) throw new Error(up.stderr.toString());
  expect(comparable(await engine.inspect(name))).toEqual(before);
});

/** What people wish for; Compose fills in much besides. */
function comparable({
  Config: config,
  HostConfig: host,
  NetworkSettings: settings,
}: ContainerInspectResponse) {
  const labels = Object.entries(config?.Labels ?? {}).filter(
    ([key]) => !key.startsWith("com.docker.compose."),
  );
  const pick = <T extends object>(from: T | null | undefined, ...keys: (keyof T)[]) =>
    keys.map((key) => from?.[key]);
  return {
    env: [...(config?.Env ?? [])].sort(),
    labels,
    config: pick(config, "Image", "Cmd", "User", "Healthcheck", "StopTimeout"),
    host: pick(
      host,
      "Memory",
      "NanoCpus",
      "RestartPolicy",
      "Init",
      "CapDrop",
      "Ulimits",
      "LogConfig",
      "ExtraHosts",
      "Binds",
    ),
    networks: Object.values(settings?.Networks ?? {}).map(({ Aliases: aliases }) => aliases?.includes("web")),
  };
}

test("a Pod says what it can, and lists what it cannot", async () => {
  const name = engine.name("pod");
  await engine.ok(
    "run",
    "-d",
    "--name",
    name,
    "-p",
    "80",
    "-m",
    "32m",
    "--pids-limit",
    "9",
    "-v",
    "/x",
    "busybox",
    "sleep",
    "9",
  );
  const text = await remake("kubernetes", name);
  expect(text).toContain("# not said here: --pids-limit 9\n");
  for (const line of [
    "apiVersion: v1",
    "kind: Pod",
    "image: busybox",
    "containerPort: 80",
    'memory: "33554432"',
    "emptyDir: {}",
  ]) {
    expect(text).toContain(line);
  }
});

test("a form there is not is refused", async () => {
  const { code, err } = await hull("inspect", "--as", "nomad", "x");
  expect([code, err]).toEqual([1, 'invalid value "nomad" for --as: use "run", "compose" or "kubernetes"\n']);
});
