import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DockerResult } from "../tests/setup/docker-cli.ts";
import { runDocker } from "../tests/setup/docker-cli.ts";
import type { Contender } from "./contender.ts";
import { type Measure, must, timed } from "./measures.ts";

/** The classic builder for both: what Debian's dockerd has, and the same program in front of Hull. */
const environment = { DOCKER_BUILDKIT: "0" };

async function build(engine: Contender, ...args: string[]): Promise<DockerResult> {
  const result = await runDocker(engine.host, engine.configDirectory, ["build", "-q", ...args], {
    env: environment,
    timeout: 300_000,
  });
  if (result.code !== 0)
    throw new Error(`${engine.name}: docker build ${args.join(" ")}: ${result.err.trim()}`);
  return result;
}

/** A context below the engine's folder; `fill` writes it the first time. */
function contextOf(engine: Contender, name: string, fill: (directory: string) => void): string {
  const directory = join(engine.directory, `context-${name}`);
  if (existsSync(directory)) return directory;
  mkdirSync(directory);
  fill(directory);
  return directory;
}

const removeImages = async (engine: Contender) => {
  const ids = (await must(engine, "images", "-q", "--filter", "label=bench-build"))
    .split("\n")
    .filter(Boolean);
  if (ids.length > 0) await must(engine, "rmi", "-f", ...new Set(ids));
};

const tenSteps = (engine: Contender) =>
  contextOf(engine, "ten", (directory) => {
    const runs = Array.from({ length: 10 }, (_, index) => `RUN echo $SALT ${index} > /step-${index}`);
    writeFileSync(
      join(directory, "Dockerfile"),
      `FROM busybox\nARG SALT\nLABEL bench-build=1\n${runs.join("\n")}\n`,
    );
  });

/** Changed before each round, so that its COPY runs and is what is measured. */
const smallFiles = (engine: Contender) =>
  contextOf(engine, "small", (directory) => {
    writeFileSync(join(directory, "Dockerfile"), "FROM busybox\nLABEL bench-build=1\nCOPY . /files\n");
    for (let index = 0; index < 5000; index++) {
      const folder = join(directory, `folder-${index % 50}`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `file-${index}`), `${index} `.repeat(100 + (index % 400)));
    }
  });

const bigFile = (engine: Contender) =>
  contextOf(engine, "big", (directory) => {
    writeFileSync(join(directory, "Dockerfile"), "FROM busybox\nLABEL bench-build=1\nCOPY . /files\n");
    const bytes = Buffer.allocUnsafe(200_000_000);
    // Nothing that compresses, nor a hole.
    for (let at = 0; at < bytes.length; at += 65_536) {
      crypto.getRandomValues(bytes.subarray(at, Math.min(at + 65_536, bytes.length)));
    }
    writeFileSync(join(directory, "big"), bytes);
  });

const change = (directory: string, engine: Contender, round: number) =>
  writeFileSync(join(directory, "changed"), `${engine.name} ${round} ${Date.now()}`);

/** Three stages that only wait, each on its own; the last takes from all of them. */
const longestStage = 3;
const threeStages = (engine: Contender) =>
  contextOf(engine, "stages", (directory) => {
    const waits = [longestStage - 1, longestStage, longestStage - 0.5];
    const stages = waits.map(
      (wait, index) => `FROM busybox AS s${index}\nARG SALT\nRUN sleep ${wait}; echo $SALT > /out\n`,
    );
    const copies = waits.map((_, index) => `COPY --from=s${index} /out /out-${index}\n`);
    writeFileSync(
      join(directory, "Dockerfile"),
      `${stages.join("")}FROM busybox\nLABEL bench-build=1\n${copies.join("")}`,
    );
  });

const salted = (engine: Contender, directory: string, round: number) =>
  timed(() => build(engine, "--build-arg", `SALT=${engine.name}-${round}-${Date.now()}`, directory));

export const buildMeasures: readonly Measure[] = [
  {
    name: "build: 10 RUN steps, cold",
    unit: "ms",
    bar: 0.35,
    rounds: 5,
    run: (engine, round) => salted(engine, tenSteps(engine), round),
    after: removeImages,
  },
  {
    name: "build: 10 RUN steps, cached",
    unit: "ms",
    bar: 0.5,
    rounds: 7,
    async run(engine) {
      const words = ["--build-arg", "SALT=cached", tenSteps(engine)];
      await build(engine, ...words);
      return timed(() => build(engine, ...words));
    },
    after: removeImages,
  },
  {
    name: "build: 5000 small files",
    unit: "ms",
    bar: 0.7,
    rounds: 5,
    async run(engine, round) {
      const directory = smallFiles(engine);
      change(directory, engine, round);
      return timed(() => build(engine, directory));
    },
    after: removeImages,
  },
  {
    name: "build: one 200 MB file",
    unit: "ms",
    bar: 0.7,
    rounds: 3,
    async run(engine, round) {
      const directory = bigFile(engine);
      change(directory, engine, round);
      return timed(() => build(engine, directory));
    },
    after: removeImages,
  },
  {
    name: "build: 3 independent stages",
    unit: "ms",
    most: Math.round(longestStage * 1150),
    rounds: 3,
    run: (engine, round) => salted(engine, threeStages(engine), round),
    after: removeImages,
  },
];
