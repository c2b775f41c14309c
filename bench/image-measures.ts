import { findDocker } from "../tests/setup/docker-cli.ts";
import type { Contender } from "./contender.ts";
import { archiveOf, baseImage, type Sample, smallFiles } from "./image-samples.ts";
import { type Measure, must, timed } from "./measures.ts";

const removeAll = (sample: Sample) => async (engine: Contender) => {
  const ids = (await must(engine, "images", "-q", sample.name)).split("\n").filter(Boolean);
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
    after: removeAll(sample),
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
    after: removeAll(sample),
  };
}

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
];
