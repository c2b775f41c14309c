import { expect, test } from "bun:test";
import { clientEngine, hullOnly } from "../setup/client-engine.ts";

const hull = clientEngine();

test.concurrent("docker version and docker info", async () => {
  expect(await hull.ok("version", "--format", "{{.Server.Os}}/{{.Server.Arch}}")).toMatch(/^linux\/\w+$/);
  const info = JSON.parse(await hull.ok("info", "--format", "{{json .}}"));
  expect(info).toMatchObject({ OSType: "linux", LoggingDriver: "json-file" });
  expect(info.Containers).toBe(info.ContainersRunning + info.ContainersPaused + info.ContainersStopped);
  expect(info.Plugins.Volume).toContain("local");
  expect(info.NCPU).toBeGreaterThan(0);
  expect(info.MemTotal).toBeGreaterThan(0);
  const text = await hull.docker("info");
  expect(text.code).toBe(0);
  expect(text.out).toContain("Server Version:");
});

test.concurrent("docker system df counts what is there", async () => {
  const name = hull.name("df");
  await hull.ok("run", "-d", "--init", "--name", name, "-v", `${name}:/v`, "busybox", "sleep", "3600");
  await hull.shell(name, "head -c 200000 /dev/zero >/big; head -c 300000 /dev/zero >/v/big");
  const lines = (await hull.ok("system", "df", "--format", "{{.Type}}|{{.TotalCount}}|{{.Size}}")).split(
    "\n",
  );
  expect(lines.map((line) => line.split("|")[0])).toEqual([
    ...["Images", "Containers", "Local Volumes", "Build Cache"],
  ]);
  const verbose = await hull.ok("system", "df", "-v");
  expect(verbose).toContain(name);
  expect(verbose).toMatch(new RegExp(`${name}\\s+1\\s+30\\dkB`));
  await hull.remove(name);
  await hull.ok("volume", "rm", name);
});

test.concurrent("lists with sizes hold while containers come and go", async () => {
  const name = hull.name("passing");
  let running = 4;
  const runs = Array.from({ length: running }, async (_, index) => {
    const made = "mkdir -p /a/b/c; head -c 100000 /dev/zero >/a/b/c/d; rm -r /a";
    for (let round = 0; round < 3; round++)
      await hull.ok("run", "--rm", "--name", `${name}${index}`, "busybox", "sh", "-c", made);
    running--;
  });
  while (running > 0) {
    await hull.ok("ps", "-a", "--size", "--format", "{{.Names}} {{.Size}}");
    await hull.ok("system", "df");
  }
  await Promise.all(runs);
});

test.concurrent("a client of an older API works", async () => {
  for (const version of ["1.24", "1.35", "1.41"]) {
    const old = (...args: string[]) => hull.dockerWith({ env: { DOCKER_API_VERSION: version } }, ...args);
    // Without --rm: before 1.25 the client removes the container itself, and gives up in the middle of it.
    const name = hull.name(`old${version}`);
    const run = await old("run", "--name", name, "busybox", "echo", version);
    expect({ version, ...run }).toEqual({ version, code: 0, out: `${version}\n`, err: "" });
    expect((await old("rm", name)).out).toBe(`${name}\n`);
    expect((await old("ps", "-a")).code).toBe(0);
    expect((await old("images")).code).toBe(0);
    expect((await old("inspect", "busybox")).code).toBe(0);
  }
});

hullOnly("its version is another")("the API is 1.51 and answers down to 1.24", async () => {
  expect(await hull.ok("version", "--format", "{{.Server.APIVersion}} {{.Server.MinAPIVersion}}")).toBe(
    "1.51 1.24",
  );
});

test.concurrent("outside of a swarm, swarm commands say so", async () => {
  for (const command of [
    ["node", "ls"],
    ["service", "ls"],
    ["secret", "ls"],
    ["stack", "ls"],
  ]) {
    expect(await hull.fails(1, ...command)).toMatch(/This node is not a swarm manager/);
  }
  expect(await hull.ok("plugin", "ls", "-q")).toBe("");
});

test.concurrent("several names, one of them unknown: the others are served", async () => {
  const name = hull.name("known");
  await hull.ok("create", "--name", name, "busybox");
  const result = await hull.docker("inspect", "--format", "{{.Name}}", name, "nosuchthing");
  expect(result.code).toBe(1);
  expect(result.out).toBe(`/${name}\n`);
  expect(result.err).toMatch(/No such object: nosuchthing/i);
  const removed = await hull.docker("rm", name, "nosuchthing");
  expect(removed.code).toBe(1);
  expect(removed.out).toBe(`${name}\n`);
});
