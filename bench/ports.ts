// `node tools/bun.mjs bench/ports.ts [SECONDS]`: published ports of Hull and of dockerd, the latter
// with and without its copying proxy. Asked in turns; medians, and the ratio to Docker's better mode.
import { existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeNetworkNamespace, ReferenceEngine } from "../tests/setup/reference-engine.ts";
import { TestEngine } from "../tests/setup/test-engine.ts";
import { until } from "../tests/setup/until.ts";
import type { Contender } from "./contender.ts";

const seconds = Number(process.argv[2] ?? 1.5);
const rounds = 9;
const port = 18080;

/** Servers and clients of all sides in one cgroup that comes first: other programs disturb them less. */
const group = "/hull-bench";
const shares = "/sys/fs/cgroup/cpu";

function preferOurselves(): () => void {
  if (!existsSync(join(shares, "cpu.shares"))) return () => {};
  mkdirSync(join(shares, group, "clients"), { recursive: true });
  writeFileSync(join(shares, group, "cpu.shares"), "200000");
  return () => {
    for (const controller of readdirSync("/sys/fs/cgroup")) {
      for (const path of [join(group, "clients"), group]) {
        const folder = join("/sys/fs/cgroup", controller, path);
        if (existsSync(folder)) rmdirSync(folder);
      }
    }
  };
}

const joinGroup = `test ! -d ${shares}${group} || echo $$ >${shares}${group}/clients/tasks; exec "$0" "$@"`;

/** A program where a host's network is. */
function client(host: Host, program: string) {
  const command = ["sh", "-c", joinGroup, process.execPath, "-e", program];
  return Bun.spawn([...host.wrapper, ...command], { stdout: "pipe", stderr: "pipe" });
}

interface Host {
  readonly engine: Contender;
  readonly wrapper: readonly string[];
  readonly name: string;
}

/** In the container: a page on port 80, bytes without end on 81, a drain for them on 82. */
const server = `
  const chunk = Buffer.alloc(256 * 1024);
  const fill = (socket) => { while (socket.write(chunk) === chunk.length); };
  Bun.listen({ hostname: "0.0.0.0", port: 81, socket: { open: fill, drain: fill, data() {}, error() {} } });
  Bun.listen({ hostname: "0.0.0.0", port: 82, socket: { data() {}, error() {} } });
  Bun.serve({ hostname: "0.0.0.0", port: 80, fetch: () => new Response("hello") });`;

/** Over 32 connections that stay open, without a client library in the way: requests in a second, or their cost here. */
const requests = (address: string, answer: "rate" | "microseconds") => `
  const request = Buffer.from("GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n");
  let answers = 0;
  for (let i = 0; i < 32; i++) await Bun.connect({ hostname: "${address}", port: ${port},
    socket: { open(s) { s.write(request); }, data(s) { answers++; s.write(request); } } });
  await Bun.sleep(200);
  const [from, began, cpu] = [answers, performance.now(), process.cpuUsage()];
  await Bun.sleep(${seconds * 1000});
  const { user, system } = process.cpuUsage(cpu);
  const rate = (answers - from) / (performance.now() - began) * 1000;
  console.log(${answer === "rate" ? "rate" : "(user + system) / (answers - from)"}, answers);
  process.exit(0);`;

/** Gigabits in a second out of the container, over four connections. */
const download = (address: string) => `
  let bytes = 0;
  for (let i = 0; i < 4; i++) await Bun.connect({ hostname: "${address}", port: ${port + 1},
    socket: { data(_, data) { bytes += data.length; } } });
  await Bun.sleep(200);
  const [from, began] = [bytes, performance.now()];
  await Bun.sleep(${seconds * 1000});
  console.log((bytes - from) * 8 / (performance.now() - began) / 1e6);
  process.exit(0);`;

/** Gigabits in a second into the container. */
const upload = (address: string) => `
  const chunk = Buffer.alloc(256 * 1024);
  let bytes = 0;
  const fill = (socket) => { for (let n = chunk.length; n === chunk.length;) bytes += n = socket.write(chunk); };
  for (let i = 0; i < 4; i++) await Bun.connect({ hostname: "${address}", port: ${port + 2},
    socket: { open: fill, drain: fill, data() {} } });
  await Bun.sleep(200);
  const [from, began] = [bytes, performance.now()];
  await Bun.sleep(${seconds * 1000});
  console.log((bytes - from) * 8 / (performance.now() - began) / 1e6);
  process.exit(0);`;

async function run(host: Host, program: string): Promise<number> {
  const child = client(host, program);
  const [text, error] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  const value = Number(text.split(" ")[0]);
  if (!value) throw new Error(`${host.name}: ${error || "nothing was measured"}`);
  return value;
}

/**
 * Client, kernel and server together, in microseconds of processor time for a request: what is
 * left to compare where other programs keep the machine busy.
 */
async function costOfRequest(host: Host): Promise<number> {
  const pid = (await host.engine.docker("inspect", "-f", "{{.State.Pid}}", "server")).out.trim();
  const ticks = async () => {
    const fields = (await Bun.file(`/proc/${pid}/stat`).text()).split(") ")[1]?.split(" ") ?? [];
    return Number(fields[11]) + Number(fields[12]);
  };
  const before = await ticks();
  const child = client(host, requests("127.0.0.1", "microseconds"));
  const [mine = Number.NaN, answers = Number.NaN] = (await child.stdout.text()).split(" ").map(Number);
  return mine + ((await ticks()) - before) * (1e4 / answers);
}

async function startOnce({ engine }: Host): Promise<number> {
  const began = performance.now();
  const { code, out, err } = await engine.docker("run", "-d", "-p", "18090:80", "busybox", "sleep", "99");
  if (code !== 0) throw new Error(err);
  const took = performance.now() - began;
  await engine.docker("rm", "-f", out.trim());
  return took;
}

/** Higher is better, except for times. */
const measures: readonly (readonly [string, string, (host: Host) => Promise<number>])[] = [
  ["requests on 127.0.0.1", "1/s", (host) => run(host, requests("127.0.0.1", "rate"))],
  ["cost of one of them", "us", costOfRequest],
  ["out of it, 127.0.0.1", "Gbit/s", (host) => run(host, download("127.0.0.1"))],
  ["into it, 127.0.0.1", "Gbit/s", (host) => run(host, upload("127.0.0.1"))],
  ["docker run -d -p", "ms", startOnce],
];

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

async function serve(host: Host): Promise<void> {
  const libraries = ["/lib", "/lib64"].filter((path) => existsSync(path));
  const { code, err } = await host.engine.docker(
    ...["run", "-d", "--cgroup-parent", group, "--name", "server", "-p", `${port}-${port + 2}:80-82`],
    ...libraries.flatMap((path) => ["-v", `${path}:${path}:ro`]),
    ...["-v", `${process.execPath}:/bun:ro`, "busybox", "/bun", "-e", server],
  );
  if (code !== 0) throw new Error(`${host.name}: ${err}`);
  const answers = () =>
    Bun.spawnSync([...host.wrapper, "curl", "-s", `http://127.0.0.1:${port}/`]).exitCode === 0;
  await until(`${host.name} serves`, answers);
}

async function main(): Promise<void> {
  process.env.HULL_TEST_EXECUTABLE ??= join(import.meta.dir, "../dist/hull");
  await using undo = new AsyncDisposableStack();
  undo.defer(preferOurselves());
  const own = makeNetworkNamespace(`hull-bench-${process.pid}`);
  undo.defer(own.remove);
  const hull = await TestEngine.start({ wrapper: own.wrapper });
  undo.use(hull);
  const hosts: Host[] = [{ engine: hull, wrapper: own.wrapper, name: "hull" }];
  const program = Bun.which("dockerd");
  for (const proxy of program ? [false, true] : []) {
    const name = proxy ? "dockerd proxy" : "dockerd dnat";
    const theirs = makeNetworkNamespace(`hull-bench-${process.pid}-${proxy}`);
    const docker = new ReferenceEngine(program ?? "", theirs.wrapper, theirs.remove);
    writeFileSync(
      join(docker.directory, "engine.json"),
      JSON.stringify({ "live-restore": true, "userland-proxy": proxy }),
    );
    undo.use(docker);
    await docker.start();
    await docker.loadBusybox();
    hosts.push({ engine: docker, wrapper: theirs.wrapper, name });
  }
  for (const host of hosts) await serve(host);
  console.log(`${"".padEnd(32)}${hosts.map(({ name }) => name.padStart(15)).join("")}   ratio to the better`);
  for (const [name, unit, measure] of measures) {
    const values = hosts.map((): number[] => []);
    for (let round = 0; round < rounds; round++) {
      // In any order, after a moment's rest: a copying proxy leaves work behind for the next one.
      for (const [at, host] of [...hosts.entries()].sort(() => Math.random() - 0.5)) {
        await Bun.sleep(300);
        values[at]?.push(await measure(host));
      }
    }
    const [ours = Number.NaN, ...others] = values.map(median);
    const best = unit === "ms" || unit === "us" ? Math.min(...others) : Math.max(...others);
    const shown = [ours, ...others].map((value) => value.toFixed(value < 100 ? 1 : 0).padStart(15));
    const ratio = others.length > 0 ? `   ${(ours / best).toFixed(2)}` : "";
    console.log(`${name.padEnd(24)} ${unit.padEnd(7)}${shown.join("")}${ratio}`);
  }
}

await main();
process.exit(0);
