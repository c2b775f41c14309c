import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../tests/setup/until.ts";
import type { Contender } from "./contender.ts";
import { archiveOf, type Sample } from "./image-samples.ts";

/** What pulling and pushing is measured with; both engines talk to the same program over the same files. */
export const registryProgram = Bun.which("docker-registry");
export const fillProgram = Bun.which("skopeo");

const address = "127.0.0.1:5000";
const directory = mkdtempSync(join(tmpdir(), "hull-bench-registry-"));
const running = new Map<Contender, Bun.Subprocess>();
const filled = new Set<string>();
process.on("exit", () => {
  for (const registry of running.values()) registry.kill("SIGKILL");
  rmSync(directory, { recursive: true, force: true });
});

/** The registry in the network namespace of an engine: `127.0.0.1:5000` there. */
export async function registryOf(engine: Contender): Promise<string> {
  if (running.has(engine)) return address;
  const config = join(directory, `${engine.name}.yml`);
  mkdirSync(join(directory, "data"), { recursive: true });
  const settings = {
    version: 0.1,
    log: { level: "warn", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(directory, "data") } },
    http: { addr: address },
  };
  writeFileSync(config, JSON.stringify(settings));
  const quiet = { stdin: "ignore", stdout: "ignore", stderr: "ignore" } as const;
  const child = Bun.spawn([...engine.wrapper, registryProgram ?? "docker-registry", "serve", config], quiet);
  running.set(engine, child);
  const knock = `await fetch("http://${address}/v2/").catch(() => process.exit(1))`;
  await until("the registry answers", async () => {
    if (child.exitCode !== null) throw new Error("docker-registry ended");
    return (await Bun.spawn([...engine.wrapper, process.execPath, "-e", knock], quiet).exited) === 0;
  });
  return address;
}

/** The name of a sample that lies in the registry, compressed as registries have it. */
export async function inRegistry(engine: Contender, sample: Sample, variant: number): Promise<string> {
  const name = `${await registryOf(engine)}/${sample.name}:${variant}`;
  if (filled.has(name)) return name;
  const archive = await archiveOf(sample, variant);
  const command = [fillProgram ?? "skopeo", "--insecure-policy", "copy", "-q", "--dest-tls-verify=false"];
  const copy = Bun.spawnSync([
    ...engine.wrapper,
    ...command,
    `docker-archive:${archive}`,
    `docker://${name}`,
  ]);
  if (copy.exitCode !== 0) throw new Error(`skopeo: ${copy.stderr}`);
  rmSync(archive);
  filled.add(name);
  return name;
}
