import { afterAll, expect } from "bun:test";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { clientEngine, hullOnly } from "../setup/client-engine.ts";
import { engineCommand } from "../setup/test-engine.ts";
import { until } from "../setup/until.ts";

const engine = clientEngine();
const test = hullOnly("it looks at Hull's own records");
const otherParent = `/hull-test-check-${process.pid}`;

afterAll(() => {
  for (const hierarchy of new Bun.Glob("*/").scanSync({ cwd: "/sys/fs/cgroup", onlyFiles: false })) {
    Bun.spawnSync(["rmdir", join("/sys/fs/cgroup", hierarchy, otherParent)], { stderr: "ignore" });
  }
  Bun.spawnSync(["rmdir", join("/sys/fs/cgroup", otherParent)], { stderr: "ignore" });
});

/** `hull engine check` on this engine: exit code and lines. */
function check(): [number, string[]] {
  const run = Bun.spawnSync([...engineCommand(), "engine", "check", ...engine.own.flags()], {
    stdout: "pipe",
    stderr: "pipe",
  });
  const text = run.stdout.toString() + run.stderr.toString();
  return [run.exitCode, text.split("\n").filter(Boolean)];
}

const allIsWell: [number, string[]] = [0, []];

test("engine check is content with an engine that does everything", async () => {
  const name = (word: string) => engine.name(word);
  expect(check()).toEqual(allIsWell);
  await engine.sleeper(
    "plain",
    "--publish",
    "80",
    "--volume",
    `${name("volume")}:/data`,
    "--volume",
    "/anonymous",
  );
  await engine.sleeper("paused");
  await engine.ok("pause", name("paused"));
  await engine.sleeper("host", "--network", "host", "--pid", "host", "--ipc", "host");
  await engine.sleeper("lonely", "--network", "none", "--cgroup-parent", otherParent);
  await engine.sleeper("guest", "--network", `container:${name("plain")}`);
  await engine.sleeper("shares", "--ipc", "shareable", "--privileged");
  await engine.sleeper("joins", "--ipc", `container:${name("shares")}`);
  await engine.ok("volume", "create", "--opt=type=tmpfs", "--opt=device=tmpfs", name("memory"));
  await engine.sleeper("mounts", "--mount", `source=${name("memory")},target=/memory`, "--tmpfs", "/tmp");
  await engine.ok("run", "--name", name("exited"), "busybox", "true");
  await engine.ok("create", "--name", name("created"), "--volume", "/other", "busybox");
  await engine.ok("exec", "--detach", name("plain"), "sleep", "3600");
  expect(check()).toEqual(allIsWell);
});

test("engine check is content while containers come and go", async () => {
  await engine.ok("run", "-d", "--restart", "always", "--name", engine.name("again"), "busybox", "false");
  await until("it was started again", async () => {
    return Number(await engine.field(engine.name("again"), "{{.RestartCount}}")) > 1;
  });
  const running = engine.docker("run", "--rm", "busybox", "true");
  expect(check()).toEqual(allIsWell);
  await running;
  await engine.remove(engine.name("again"));
});

test("engine check is content with a dead engine, and right after its successor is up", async () => {
  await engine.own.kill();
  expect(check()).toEqual(allIsWell);
  await engine.own.start();
  expect(check()).toEqual(allIsWell);
});

test("engine check names what was left behind and what is missing", async () => {
  const { dataRoot, execRoot } = engine.own;
  const id = "0123456789abcdef".repeat(4);
  const mount = join(execRoot, "stray", "deep");
  const directory = join(dataRoot, "containers", id);
  const own = await engine.ok("inspect", "--format", "{{.Id}}", engine.name("created"));
  const away = Bun.spawnSync(["mv", join(dataRoot, "containers", own), join(dataRoot, "away")]);
  expect(away.exitCode).toBe(0);
  mkdirSync(mount, { recursive: true });
  mkdirSync(directory);
  expect(Bun.spawnSync(["mount", "-t", "tmpfs", "stray", mount]).exitCode).toBe(0);
  try {
    expect(check()).toEqual([
      1,
      [
        `left behind: container directory ${id}`,
        `missing: container directory ${own}`,
        `left behind: mount ${mount}`,
      ],
    ]);
  } finally {
    Bun.spawnSync(["umount", mount]);
    Bun.spawnSync(["mv", join(dataRoot, "away"), join(dataRoot, "containers", own)]);
    rmSync(join(execRoot, "stray"), { recursive: true });
    rmSync(directory, { recursive: true });
  }
  expect(check()).toEqual(allIsWell);
});

test("engine check is content when all is gone again", async () => {
  const all = await engine.ok("ps", "--all", "--quiet");
  await engine.remove(...all.split("\n"));
  await engine.ok("volume", "rm", engine.name("volume"), engine.name("memory"));
  expect(check()).toEqual(allIsWell);
});
