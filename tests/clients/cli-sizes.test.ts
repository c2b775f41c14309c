import { expect, test } from "bun:test";
import { clientEngine, hullOnly } from "../setup/client-engine.ts";
import { runHull } from "../setup/hull-cli.ts";
import { until } from "../setup/until.ts";

// Where the room goes: dive, diff, history, df and prune --dry-run.
const engine = clientEngine();

async function hull(...args: string[]): Promise<string> {
  const { code, out, err } = await runHull(args, { env: { DOCKER_HOST: engine.host } });
  if (code !== 0) throw new Error(`hull ${args.join(" ")}: exit code ${code}\n${out}${err}`);
  return out;
}

/** An image of a layer upon another image, made by a shell script. */
async function layer(from: string, word: string, script: string): Promise<string> {
  const container = engine.name(`make-${word}`);
  await engine.ok("run", "--name", container, from, "sh", "-c", script);
  const image = engine.name(word);
  await engine.ok("commit", container, image);
  await engine.remove(container);
  return image;
}

test("dive says what each layer did, and what is wasted", async () => {
  const first = await layer(
    "busybox",
    "first",
    "mkdir /app; head -c 50000 /dev/urandom > /app/big; echo 1 > /app/old",
  );
  const second = await layer(
    first,
    "second",
    "head -c 10 /dev/zero > /app/big; rm /app/old; echo new > /app/new",
  );
  const {
    Layers: layers,
    Wasted: wasted,
    Waste: waste,
  } = JSON.parse(await hull("dive", "--format", "json", second));
  expect(wasted).toBe(50_002);
  expect(waste).toEqual([
    { Path: "/app/big", Layers: 2, Size: 50_000 },
    { Path: "/app/old", Layers: 1, Size: 2 },
  ]);
  expect(layers.at(-1)).toMatchObject({ Size: 14, Added: 1, Changed: 1, Removed: 1 });
  const kinds = layers
    .at(-1)
    .Changes.map(({ Path, Kind }: { Path: string; Kind: string }) => `${Kind} ${Path}`)
    .sort();
  expect(kinds).toEqual(["added /app/new", "changed /app/big", "removed /app/old"]);
  const failing = await runHull(["dive", "--max-wasted", "10kB", second], {
    env: { DOCKER_HOST: engine.host },
  });
  expect([failing.code, failing.err]).toEqual([1, "the image fails: 50kB are wasted, more than 10kB\n"]);
  expect(await hull("history", "--size", second)).toContain(" in all\n");
});

test("diff --size weighs what was added and changed", async () => {
  const name = engine.name("differs");
  await engine.ok(
    "run",
    "--name",
    name,
    "busybox",
    "sh",
    "-c",
    "head -c 3000 /dev/zero > /a; ln -s /a /b; rm /bin/vi",
  );
  const out = await hull("diff", "--size", name);
  expect(out).toContain("A      3kB  /a\n");
  expect(out).toContain("A           /b\n");
  expect(out).toContain("D           /bin/vi\n");
  expect(out).toEndWith("\n3kB in 1 file added or changed\n");
});

const own = hullOnly("it would prune what others have there");

own("prune --dry-run names exactly what prune then removes, and changes nothing", async () => {
  const up = await engine.sleeper("up", "-v", "/kept");
  await engine.ok(
    "run",
    "--name",
    engine.name("down"),
    "-v",
    "/gone",
    "busybox",
    "sh",
    "-c",
    "head -c 4000 /dev/zero > /x; echo v > /gone/v",
  );
  await engine.ok("network", "create", engine.name("idle"));
  const busy = engine.name("busy");
  await engine.ok("network", "create", busy);
  await engine.ok("network", "connect", busy, up);
  const base = await layer("busybox", "prune-base", "head -c 7000 /dev/urandom > /base");
  await layer(base, "prune-top", "head -c 5000 /dev/urandom > /top");
  const planned = JSON.parse(
    await hull("system", "prune", "-a", "--volumes", "--dry-run", "--format", "json"),
  );
  expect(
    JSON.parse(await hull("system", "prune", "-a", "--volumes", "--dry-run", "--format", "json")),
  ).toEqual(planned);
  const ids = (of: readonly { Id: string }[]) => of.map(({ Id: id }) => id).sort();
  const names = (of: readonly { Name: string }[]) => of.map(({ Name: name }) => name).sort();
  const prune = (what: string, filters = {}) =>
    engine.json<Record<string, unknown>>(
      "POST",
      `/${what}/prune?filters=${encodeURIComponent(JSON.stringify(filters))}`,
    );
  const containers = await prune("containers");
  expect(ids(planned.Containers)).toEqual((containers.ContainersDeleted as string[]).sort());
  const networks = await prune("networks");
  expect(names(planned.Networks)).toEqual((networks.NetworksDeleted as string[]).sort());
  const volumes = await prune("volumes");
  expect(names(planned.Volumes)).toEqual((volumes.VolumesDeleted as string[]).sort());
  const images = await prune("images", { dangling: ["false"] });
  const deleted = (images.ImagesDeleted as { Deleted?: string }[]).flatMap(({ Deleted: id }) =>
    id ? [id] : [],
  );
  expect(ids(planned.Images)).toEqual(deleted.filter((id) => ids(planned.Images).includes(id)).sort());
  const freed = [containers, volumes, images].reduce(
    (sum, { SpaceReclaimed: bytes }) => sum + Number(bytes),
    0,
  );
  expect(planned.SpaceReclaimed).toBe(freed);
  expect((await hull("system", "prune", "-a", "--volumes", "--dry-run")).trim()).toBe("Nothing would go.");
});

own("system df -v closes with what du shows", async () => {
  await engine.ok(
    "run",
    "--name",
    engine.name("weighs"),
    "-v",
    `${engine.name("heavy")}:/v`,
    "busybox",
    "sh",
    "-c",
    "head -c 90000 /dev/zero > /v/x; head -c 9000 /dev/zero > /y",
  );
  const { dataRoot } = engine.own;
  // The database is written to now and then; in a quiet moment both say the same.
  await until("df and du agree", async () => {
    const before = du(dataRoot);
    const shown = Number(/^Total .* (\d+)$/m.exec(await hull("system", "df", "-v"))?.[1]);
    return shown === before && du(dataRoot) === before;
  });
});

function du(directory: string): number {
  const run = Bun.spawnSync(["du", "-s", "-x", "--block-size=1", directory], { stdout: "pipe" });
  return Number(run.stdout.toString().split("\t")[0]);
}
