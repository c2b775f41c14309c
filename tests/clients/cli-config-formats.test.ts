import { beforeAll, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clientEngine } from "../setup/client-engine.ts";
import { runHull } from "../setup/hull-cli.ts";

const engine = clientEngine();

/** Formats and filters that stand in config.json hold for both programs. */
const settings = {
  psFormat: "table {{.Names}}|{{.Image}}",
  imagesFormat: "{{.Repository}}+{{.Tag}}",
  networksFormat: "table {{.Name}}\t{{.Driver}}",
  volumesFormat: "{{.Name}} {{.Driver}}",
  statsFormat: "{{.Name}} {{.MemUsage}}",
  pluginsFormat: "table {{.Name}}",
  pruneFilters: ["until=1000h"],
};

beforeAll(async () => {
  const directory = join(engine.directory, "formats");
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "config.json"), JSON.stringify(settings));
  await engine.ok("volume", "create", engine.name("vol"));
  await engine.ok("create", "--name", engine.name("made"), "busybox");
});

test.concurrent.each([
  ["ps -a"],
  ["ps -aq"],
  ["ps -a --format {{.ID}}"],
  ["images"],
  ["images -q"],
  ["network ls"],
  ["volume ls"],
  ["volume ls -q"],
  ["plugin ls"],
  ["stats --no-stream -a"],
  ["container prune"],
  ["container prune -f"],
  ["network prune -f"],
  ["image prune -af"],
  ["system prune -f --filter label=other"],
])("%s", async (line) => {
  const args = line.split(" ");
  const env = { ...engine.environment, DOCKER_CONFIG: join(engine.directory, "formats") };
  const [hull, docker] = await Promise.all([runHull(args, { env }), engine.dockerWith({ env }, ...args)]);
  expect({ args, ...hull }).toEqual({ args, ...docker });
});

test("labels among them protect what they name, also where docker's program forgets them", async () => {
  const directory = join(engine.directory, "labels");
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "config.json"), JSON.stringify({ pruneFilters: ["label!=keep"] }));
  const env = { ...engine.environment, DOCKER_CONFIG: directory };
  const [kept, gone] = [engine.name("kept"), engine.name("gone")];
  await engine.ok("volume", "create", "--label", "keep", kept);
  await engine.ok("volume", "create", gone);
  expect((await runHull(["volume", "prune", "-af"], { env })).out).toContain(`\n${gone}\n`);
  expect((await engine.ok("volume", "ls", "-q")).split("\n")).toEqual([kept]);
  const asked = await runHull(["system", "prune"], { env, stdin: "n\n" });
  expect(asked.out).toContain("  Items to be pruned will be filtered with:\n  - label!=keep\n");
});
