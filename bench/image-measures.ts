import { readFileSync } from "node:fs";
import { findDocker } from "../tests/setup/docker-cli.ts";
import type { Contender } from "./contender.ts";
import { archiveOf, baseImage, bigLayer, type Sample, smallFiles } from "./image-samples.ts";
import { fillProgram, inRegistry, registryOf, registryProgram } from "./local-registry.ts";
import { type Measure, must, timed } from "./measures.ts";

const removeAll = (repository: string) => async (engine: Contender) => {
  const ids = (await must(engine, "images", "-q", repository)).split("\n").filter(Boolean);
  if (ids.length > 0) await must(engine, "rmi", "-f", ...ids);
};

function loading(name: string, sample: Sample): Measure {
  return {
    name: `load: ${name}`,
    unit: "ms",
    bar: 0.7,
    rounds: 5,
    async run(engine, round) {
      const archive = await archiveOf(sample, round);
      return timed(() => must(engine, "load", "-q", "-i", archive));
    },
    after: removeAll(sample.name),
  };
}

function saving(name: string, sample: Sample): Measure {
  return {
    name: `save: ${name}`,
    unit: "ms",
    bar: 0.7,
    rounds: 3,
    async run(engine, round) {
      if (round === 0) await must(engine, "load", "-q", "-i", await archiveOf(sample, 0));
      return timed(() => saveToNowhere(engine, `${sample.name}:0`));
    },
    after: removeAll(sample.name),
  };
}

/** Variants that no other measure has brought to the engines. */
const pulled = 100;
const pushed = 200;
const memory = 300;

function pulling(name: string, sample: Sample): Measure {
  return {
    name: `pull: ${name}`,
    unit: "ms",
    bar: 0.7,
    rounds: 3,
    async run(engine, round) {
      const image = await inRegistry(engine, sample, pulled + round);
      return timed(() => must(engine, "pull", "-q", image));
    },
    after: removeAll(`127.0.0.1:5000/${sample.name}`),
  };
}

function pushing(name: string, sample: Sample): Measure {
  return {
    name: `push: ${name}`,
    unit: "ms",
    bar: 0.7,
    rounds: 3,
    async run(engine, round) {
      await must(engine, "load", "-q", "-i", await archiveOf(sample, pushed + round));
      const target = `${await registryOf(engine)}/${engine.name}-${sample.name}:${round}`;
      await must(engine, "tag", `${sample.name}:${pushed + round}`, target);
      return timed(() => must(engine, "push", "-q", target));
    },
    after: removeAll(sample.name),
  };
}

/** The most a freshly started engine's own process held at once, in MiB. */
async function peakMemory(engine: Contender, work: () => Promise<unknown>): Promise<number> {
  await engine.stop();
  await engine.start();
  await work();
  const status = readFileSync(`/proc/${engine.pid}/status`, "utf8");
  return Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? Number.NaN) / 1024;
}

const memoryMeasures: readonly Measure[] = [
  {
    name: "peak memory: load of 1 GB",
    unit: "MiB",
    most: 150,
    rounds: 1,
    run: async (engine) => {
      const archive = await archiveOf(bigLayer, memory);
      return peakMemory(engine, () => must(engine, "load", "-q", "-i", archive));
    },
    after: removeAll(bigLayer.name),
  },
  {
    name: "peak memory: pull of 1 GB",
    unit: "MiB",
    most: 150,
    rounds: 1,
    run: async (engine) => {
      const image = await inRegistry(engine, bigLayer, memory);
      return peakMemory(engine, () => must(engine, "pull", "-q", image));
    },
    after: removeAll(`127.0.0.1:5000/${bigLayer.name}`),
  },
];

/** The program refuses devices as files, but not as its output. */
async function saveToNowhere(engine: Contender, image: string): Promise<void> {
  const client = Bun.spawn([findDocker() ?? "docker", "save", image], {
    stdout: Bun.file("/dev/null"),
    stderr: "pipe",
    env: { ...process.env, DOCKER_HOST: engine.host, DOCKER_CONFIG: engine.configDirectory },
  });
  if ((await client.exited) !== 0)
    throw new Error(`${engine.name}: docker save: ${await client.stderr.text()}`);
}

export const imageMeasures: readonly Measure[] = [
  loading("200 MB base image", baseImage),
  loading("12,000 small files", smallFiles),
  saving("200 MB base image", baseImage),
  saving("12,000 small files", smallFiles),
  ...(registryProgram && fillProgram
    ? [
        pulling("200 MB base image", baseImage),
        pulling("12,000 small files", smallFiles),
        pushing("200 MB base image", baseImage),
        pushing("12,000 small files", smallFiles),
      ]
    : []),
  ...memoryMeasures.filter(({ name }) => !name.includes("pull") || (registryProgram && fillProgram)),
];
