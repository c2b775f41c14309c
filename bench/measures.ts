import { findDocker } from "../tests/setup/docker-cli.ts";
import { buildNameLoop, type Lookups, parseLookups } from "../tests/setup/name-loop.ts";
import type { Contender } from "./contender.ts";
import { engineMemory } from "./memory.ts";

/** One thing to measure. Lower is better for milliseconds and MiB, higher for MB/s. */
export interface Measure {
  readonly name: string;
  readonly unit: "ms" | "µs" | "MiB" | "MB/s";
  /** Ours divided by Docker's may be at most (or, for MB/s, must be at least) this. */
  readonly bar?: number;
  /** Ours may be at most this, whatever Docker's is. */
  readonly most?: number;
  /** How many times each engine is asked, in turns. */
  readonly rounds: number;
  run(engine: Contender, round: number): Promise<number>;
  /** Takes away what the rounds left on an engine. */
  after?(engine: Contender): Promise<void>;
}

export async function must(engine: Contender, ...args: string[]): Promise<string> {
  const { code, out, err } = await engine.docker(...args);
  if (code !== 0)
    throw new Error(`${engine.name}: docker ${args.join(" ")}: exit code ${code}: ${err.trim()}`);
  return out.trim();
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

const sleeping = (engine: Contender, ...flags: string[]) =>
  must(engine, "run", "-d", ...flags, "busybox", "sleep", "100000");

/** 200 MB of lines of 100 bytes. */
const logBytes = 200_000_000;
const talk = ["sh", "-c", `yes ${"x".repeat(99)} | head -c ${logBytes}`];

async function writeLogs(engine: Contender): Promise<{ id: string; seconds: number }> {
  const id = await must(
    engine,
    "create",
    "--log-driver=json-file",
    "--log-opt=max-size=1g",
    "busybox",
    ...talk,
  );
  const milliseconds = await timed(async () => {
    await must(engine, "start", id);
    await must(engine, "wait", id);
  });
  return { id, seconds: milliseconds / 1000 };
}

async function readLogs(engine: Contender, id: string): Promise<number> {
  const docker = findDocker() ?? "docker";
  const client = Bun.spawn([docker, "logs", id], {
    stdout: Bun.file("/dev/null"),
    stderr: "pipe",
    env: { ...process.env, DOCKER_HOST: engine.host, DOCKER_CONFIG: engine.configDirectory },
  });
  const milliseconds = await timed(() => client.exited);
  if (client.exitCode !== 0) throw new Error(`${engine.name}: docker logs: ${await client.stderr.text()}`);
  return logBytes / 1e6 / (milliseconds / 1000);
}

/** Between two containers on a network of theirs, which stay for the other rounds. */
async function lookUps(engine: Contender, count: number, pause: number): Promise<Lookups> {
  const { code } = await engine.docker("container", "inspect", "bench-names-a");
  if (code !== 0) {
    const mount = `${buildNameLoop(engine.directory)}:/name-loop:ro`;
    await must(engine, "network", "create", "bench-names");
    for (const name of ["bench-names-a", "bench-names-b"]) {
      await sleeping(engine, `--name=${name}`, "--network=bench-names", "-v", mount);
    }
  }
  const words = ["/name-loop", "bench-names-b", "1", String(count), String(pause)];
  const found = parseLookups(await must(engine, "exec", "bench-names-a", ...words));
  if (found.failures > 0 || found.answers.length !== 1) {
    throw new Error(`${engine.name}: ${found.failures} lookups failed`);
  }
  return found;
}

export const measures: readonly Measure[] = [
  {
    name: "run --rm busybox true",
    unit: "ms",
    bar: 0.3,
    rounds: 15,
    run: (engine) => timed(() => must(engine, "run", "--rm", "busybox", "true")),
  },
  {
    name: "run --rm --network none",
    unit: "ms",
    rounds: 7,
    run: (engine) => timed(() => must(engine, "run", "--rm", "--network=none", "busybox", "true")),
  },
  {
    name: "run -d (until it returns)",
    unit: "ms",
    rounds: 9,
    async run(engine) {
      let id = "";
      const milliseconds = await timed(async () => {
        id = await sleeping(engine);
      });
      await must(engine, "rm", "-f", id);
      return milliseconds;
    },
  },
  {
    name: "run -d on a network of a user",
    unit: "ms",
    rounds: 9,
    async run(engine) {
      const { code } = await engine.docker("network", "inspect", "bench-run");
      if (code !== 0) {
        await must(engine, "network", "create", "bench-run");
        // What the first container on such a network starts stays for the others.
        await sleeping(engine, "--name=bench-run", "--network=bench-run");
      }
      let id = "";
      const milliseconds = await timed(async () => {
        id = await sleeping(engine, "--network=bench-run");
      });
      await must(engine, "rm", "-f", id);
      return milliseconds;
    },
  },
  {
    name: "run -d -p (one port)",
    unit: "ms",
    rounds: 9,
    async run(engine) {
      let id = "";
      const milliseconds = await timed(async () => {
        id = await sleeping(engine, "-p", "127.0.0.1::80");
      });
      await must(engine, "rm", "-f", id);
      return milliseconds;
    },
  },
  {
    name: "rm -f of a running one",
    unit: "ms",
    rounds: 7,
    async run(engine) {
      const id = await sleeping(engine);
      return timed(() => must(engine, "rm", "-f", id));
    },
  },
  {
    name: "exec c true",
    unit: "ms",
    bar: 0.5,
    rounds: 15,
    async run(engine) {
      const { code } = await engine.docker("container", "inspect", "bench-exec");
      if (code !== 0) await sleeping(engine, "--name=bench-exec");
      return timed(() => must(engine, "exec", "bench-exec", "true"));
    },
  },
  {
    name: "ps -q",
    unit: "ms",
    rounds: 9,
    run: (engine) => timed(() => must(engine, "ps", "-q")),
  },
  {
    name: "logs: writing 200 MB",
    unit: "MB/s",
    bar: 1.5,
    rounds: 3,
    async run(engine) {
      const { id, seconds } = await writeLogs(engine);
      await must(engine, "rm", "-f", id);
      return logBytes / 1e6 / seconds;
    },
  },
  {
    name: "logs: reading 200 MB",
    unit: "MB/s",
    bar: 4,
    rounds: 3,
    async run(engine) {
      const { code } = await engine.docker("container", "inspect", "bench-logs");
      if (code !== 0) {
        const { id } = await writeLogs(engine);
        await must(engine, "rename", id, "bench-logs");
      }
      return readLogs(engine, "bench-logs");
    },
  },
  {
    name: "name lookup, median of 5000",
    unit: "µs",
    bar: 1,
    rounds: 7,
    run: async (engine) => (await lookUps(engine, 5000, 0)).p50,
  },
  {
    name: "name lookup, one in a millisecond",
    unit: "µs",
    bar: 1,
    rounds: 5,
    run: async (engine) => (await lookUps(engine, 300, 1000)).p50,
  },
  {
    name: "memory per container",
    unit: "MiB",
    bar: 0.25,
    rounds: 1,
    async run(engine) {
      const count = 10;
      const ids: string[] = [await sleeping(engine)];
      await Bun.sleep(1000); // the engine's own memory settles after the runs before
      const before = engineMemory(engine.directory);
      for (let index = 0; index < count; index++) ids.push(await sleeping(engine));
      await Bun.sleep(1000);
      const grown = engineMemory(engine.directory) - before;
      await must(engine, "rm", "-f", ...ids);
      return grown / count;
    },
  },
  {
    name: "memory of the idle engine",
    unit: "MiB",
    rounds: 1,
    run: async (engine) => engineMemory(engine.directory),
  },
  {
    name: "engine start to first _ping",
    unit: "ms",
    bar: 0.5,
    rounds: 5,
    async run(engine) {
      await engine.stop();
      return timed(() => engine.start());
    },
  },
  {
    name: "50 containers, 8 at a time",
    unit: "ms",
    rounds: 1,
    async run(engine) {
      const ids: string[] = [];
      let left = 50;
      const milliseconds = await timed(() =>
        Promise.all(
          Array.from({ length: 8 }, async () => {
            while (left-- > 0) ids.push(await sleeping(engine, "--label=bench=many"));
          }),
        ),
      );
      const up = (await must(engine, "ps", "-q", "--filter=label=bench=many")).split("\n").length;
      if (up !== 50 || new Set(ids).size !== 50)
        throw new Error(`${engine.name}: ${up} of 50 containers are up`);
      await must(engine, "rm", "-f", ...ids);
      return milliseconds;
    },
  },
];
