import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { againstReference, type EngineUnderTest, startEngine } from "../setup/engine-under-test.ts";
import { until } from "../setup/until.ts";

let engine: EngineUnderTest;
beforeAll(async () => {
  engine = await startEngine();
}, 60_000);
afterAll(() => engine[Symbol.asyncDispose](), 60_000);

const state = (name: string, format = "{{.State.Status}}") =>
  engine.ok("inspect", `--format=${format}`, name);
const sleeping = (name: string, ...flags: string[]) =>
  engine.ok("run", "-d", `--name=${name}`, ...flags, "busybox", "sleep", "100000");

describe("the life of a container", () => {
  test("create, start, pause, unpause, kill, start, rm", async () => {
    await engine.ok("create", "--name=life", "busybox", "sleep", "1000");
    expect(await state("life")).toBe("created");
    await engine.ok("start", "life");
    expect(await state("life")).toBe("running");
    await engine.ok("pause", "life");
    expect(await state("life")).toBe("paused");
    await engine.ok("unpause", "life");
    await engine.ok("kill", "life");
    expect(await engine.ok("wait", "life")).toBe("137");
    expect(await state("life")).toBe("exited");
    await engine.ok("start", "life");
    expect((await engine.docker("rm", "life")).err).toMatch(/cannot remove|running/);
    await engine.ok("rm", "-f", "life");
    expect((await engine.docker("inspect", "life")).code).toBe(1);
  });

  test("stop asks first and then kills, with the container's own signal and time", async () => {
    const script = "trap 'echo asked; exit 5' USR1; echo ready; while :; do sleep 0.05; done";
    await engine.ok("run", "-d", "--name=asked", "--stop-signal=USR1", "busybox", "sh", "-c", script);
    await until("the trap", async () => (await engine.ok("logs", "asked")) === "ready");
    await engine.ok("stop", "asked");
    expect(await state("asked", "{{.State.ExitCode}}")).toBe("5");
    await sleeping("deaf", "--stop-timeout=1");
    const began = performance.now();
    await engine.ok("stop", "deaf");
    expect(performance.now() - began).toBeGreaterThan(900);
    expect(await state("deaf", "{{.State.ExitCode}}")).toBe("137");
    await engine.ok("rm", "asked", "deaf");
  });

  test("wait knows the end that comes and the one that was", async () => {
    await engine.ok("run", "-d", "--name=short", "busybox", "sh", "-c", "sleep 0.3; exit 6");
    expect(await engine.ok("wait", "short")).toBe("6");
    expect(await engine.ok("wait", "short")).toBe("6");
    await engine.ok("rm", "short");
  });

  test("start -a shows output and gives the exit code", async () => {
    await engine.ok("create", "--name=again", "busybox", "sh", "-c", "echo shown; exit 2");
    expect(await engine.docker("start", "-a", "again")).toMatchObject({ code: 2, out: "shown\n" });
    expect(await engine.docker("start", "-a", "again")).toMatchObject({ code: 2, out: "shown\n" });
    await engine.ok("rm", "again");
  });

  test("rename, restart and update", async () => {
    await sleeping("old");
    await engine.ok("rename", "old", "new");
    const pid = await state("new", "{{.State.Pid}}");
    await engine.ok("restart", "-t0", "new");
    expect(await state("new", "{{.State.Pid}}")).not.toBe(pid);
    await engine.ok("update", "--memory=64m", "--memory-swap=64m", "--restart=always", "new");
    expect(await state("new", "{{.HostConfig.Memory}} {{.HostConfig.RestartPolicy.Name}}")).toBe(
      "67108864 always",
    );
    const limit =
      "cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || cat /sys/fs/cgroup/memory.max";
    expect(await engine.ok("exec", "new", "sh", "-c", limit)).toBe("67108864");
    await engine.ok("rm", "-f", "new");
  });

  test("attach shows output and detaches by its keys", async () => {
    await engine.ok("run", "-dit", "--name=shell", "busybox", "sh");
    const command = `docker attach --detach-keys=ctrl-x shell`;
    const client = Bun.spawn(["script", "-qfc", command, "/dev/null"], {
      stdin: "pipe",
      stdout: "pipe",
      env: { ...process.env, DOCKER_HOST: engine.host, DOCKER_CONFIG: engine.configDirectory },
    });
    client.stdin.write("echo one-$((40+2))\n");
    await client.stdin.flush();
    let seen = "";
    const reader = client.stdout.getReader();
    while (!seen.includes("one-42"))
      seen += new TextDecoder().decode((await reader.read()).value ?? new Uint8Array());
    client.stdin.write("\x18");
    await client.stdin.flush();
    await client.exited;
    expect(await state("shell")).toBe("running");
    await engine.ok("rm", "-f", "shell");
  });

  test("top lists processes, stats counts", async () => {
    await sleeping("busy", "--memory=64m");
    expect(await engine.ok("top", "busy")).toMatch(/sleep 100000/);
    expect(await engine.ok("top", "busy", "-o", "pid,comm")).toMatch(/sleep/);
    const stats = JSON.parse(await engine.ok("stats", "--no-stream", "--format={{json .}}", "busy"));
    expect(stats.PIDs).toBe("1");
    expect(stats.MemUsage).toMatch(/64MiB/);
    await engine.ok("rm", "-f", "busy");
  });

  test("ps filters, sizes and last", async () => {
    await sleeping("one", "--label=k=1");
    await engine.ok("create", "--name=two", "--label=k=2", "busybox");
    expect(await engine.ok("ps", "--filter=label=k", "--format={{.Names}}")).toBe("one");
    expect(await engine.ok("ps", "-a", "--filter=label=k=2", "--format={{.Names}}")).toBe("two");
    expect(await engine.ok("ps", "-a", "--filter=status=created", "--format={{.Names}}")).toBe("two");
    expect(await engine.ok("ps", "-l", "--format={{.Names}}")).toBe("two");
    expect(await engine.ok("ps", "-as", "--filter=name=one", "--format={{.Size}}")).toMatch(
      /^\d.*\(virtual .*\)$/,
    );
    await engine.ok("rm", "-f", "one", "two");
  });

  test("container prune removes what does not run", async () => {
    await sleeping("stays");
    const id = await engine.ok("create", "--name=goes", "busybox");
    expect(await engine.ok("container", "prune", "-f")).toContain(id);
    expect(await engine.ok("ps", "-a", "--format={{.Names}}")).toBe("stays");
    await engine.ok("rm", "-f", "stays");
  });
});

describe("restart policies", () => {
  test("on-failure tries so often and no more", async () => {
    await engine.ok("run", "-d", "--name=failing", "--restart=on-failure:2", "busybox", "false");
    await until(
      "two restarts",
      async () => (await state("failing", "{{.RestartCount}} {{.State.Status}}")) === "2 exited",
    );
    await engine.ok("rm", "failing");
  });

  test("always comes back after its end, but not after a stop", async () => {
    await engine.ok("run", "-d", "--name=always", "--restart=always", "busybox", "sleep", "0.3");
    await until("a restart", async () => Number(await state("always", "{{.RestartCount}}")) > 0);
    await engine.ok("stop", "-t0", "always");
    expect(await state("always")).toBe("exited");
    const count = await state("always", "{{.RestartCount}}");
    await Bun.sleep(400); // longer than the first back-off: nothing may happen in it
    expect(await state("always", "{{.State.Status}} {{.RestartCount}}")).toBe(`exited ${count}`);
    await engine.ok("rm", "always");
  });
});

describe("health checks", () => {
  test("turn healthy and unhealthy", async () => {
    const flags = ["--health-interval=200ms", "--health-retries=1", "--health-timeout=2s"];
    await sleeping("healthy", "--health-cmd=test ! -e /sick", ...flags);
    expect(await state("healthy", "{{.State.Health.Status}}")).toMatch(/starting|healthy/);
    await until("healthy", async () => (await state("healthy", "{{.State.Health.Status}}")) === "healthy");
    await engine.ok("exec", "healthy", "touch", "/sick");
    await until(
      "unhealthy",
      async () => (await state("healthy", "{{.State.Health.Status}}")) === "unhealthy",
    );
    expect(await engine.ok("ps", "--format={{.Status}}", "--filter=health=unhealthy")).toContain(
      "(unhealthy)",
    );
    await engine.ok("rm", "-f", "healthy");
  });
});

describe("events", () => {
  test("tell the life of a container in order", async () => {
    const client = engine.spawnDocker(
      "events",
      "--filter=type=container",
      "--filter=container=told",
      "--format={{.Action}}",
    );
    await until("the watch", async () => {
      await engine.docker("run", "--rm", "--name=told", "busybox", "true");
      return true;
    });
    const wanted = ["create", "attach", "start", "die", "destroy"];
    let seen = "";
    const reader = client.stdout.getReader();
    const timer = setTimeout(() => client.kill(), 10_000);
    while (!seen.includes("destroy")) {
      const { value, done } = await reader.read();
      if (done) {
        // The watch may have begun late: once more.
        break;
      }
      seen += new TextDecoder().decode(value);
    }
    clearTimeout(timer);
    client.kill();
    const order = wanted.map((word) => seen.indexOf(word));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(Math.min(...order)).toBeGreaterThanOrEqual(0);
  });

  test("of the past are given by --since and --until", async () => {
    const began = (Date.now() / 1000 - 0.001).toFixed(3);
    await engine.ok("run", "--rm", "--name=past", "busybox", "true");
    const until = (Date.now() / 1000 + 0.5).toFixed(3);
    const out = await engine.ok(
      "events",
      `--since=${began}`,
      `--until=${until}`,
      "--filter=container=past",
      "--format={{.Action}}",
    );
    expect(out.split("\n")).toEqual(expect.arrayContaining(["create", "start", "die", "destroy"]));
  });
});

describe("version and info", () => {
  test("docker version and docker info work", async () => {
    expect(await engine.ok("version", "--format={{.Server.Os}}")).toBe("linux");
    expect(await engine.ok("info", "--format={{.OSType}} {{.NCPU}}")).toMatch(/^linux [1-9]/);
    expect((await engine.docker("system", "df")).code).toBe(0);
  });

  test.skipIf(againstReference)("the API is 1.51 and answers down to 1.24", async () => {
    expect(await engine.ok("version", "--format={{.Server.APIVersion}} {{.Server.MinAPIVersion}}")).toBe(
      "1.51 1.24",
    );
    expect((await engine.request("GET", "/v1.24/containers/json")).status).toBe(200);
    expect((await engine.request("GET", "/v1.23/containers/json")).status).toBe(400);
    const missing = await engine.request("GET", "/v1.51/nosuchpage");
    expect(missing.status).toBe(404);
    expect(await missing.json()).toEqual({ message: "page not found" });
  });
});
