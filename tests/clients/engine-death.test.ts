import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { engineCommand, TestEngine } from "../setup/test-engine.ts";
import { until } from "../setup/until.ts";

let engine: TestEngine;
beforeAll(async () => {
  engine = await TestEngine.start();
}, 60_000);
afterAll(() => engine[Symbol.asyncDispose](), 60_000);

const state = (name: string, format = "{{.State.Status}}") =>
  engine.ok("inspect", `--format=${format}`, name);

async function die(): Promise<void> {
  await engine.kill();
  await engine.start();
}

describe("after kill -9 of the engine", () => {
  test("a container runs on, and what it wrote meanwhile is in the log", async () => {
    const script = "i=0; while :; do i=$((i+1)); echo $i; usleep 5000; done";
    await engine.ok("run", "-d", "--name=counter", "busybox", "sh", "-c", script);
    const pid = await state("counter", "{{.State.Pid}}");
    await until("some lines", async () => (await engine.ok("logs", "counter")).split("\n").length > 10);
    await engine.kill();
    await Bun.sleep(300); // lines nobody is there to read
    await engine.start();
    expect(await state("counter", "{{.State.Status}} {{.State.Pid}}")).toBe(`running ${pid}`);
    await engine.ok("kill", "counter");
    const lines = (await engine.ok("logs", "counter")).split("\n").map(Number);
    expect(lines.length).toBeGreaterThan(50);
    expect(lines).toEqual(lines.map((_, index) => index + 1));
    await engine.ok("rm", "counter");
  });

  test("the exit code of one that ended meanwhile is known, and --rm still removes", async () => {
    await engine.ok("run", "-d", "--name=ends", "busybox", "sh", "-c", "sleep 0.4; echo bye; exit 17");
    await engine.ok("run", "-d", "--rm", "--name=vanishes", "busybox", "sleep", "0.4");
    await engine.kill();
    await Bun.sleep(700); // both end while there is no engine
    await engine.start();
    expect(await engine.ok("wait", "ends")).toBe("17");
    expect(await state("ends", "{{.State.Status}} {{.State.ExitCode}}")).toBe("exited 17");
    expect(await engine.ok("logs", "ends")).toBe("bye");
    await until("removal", async () => (await engine.docker("inspect", "vanishes")).code !== 0);
    await engine.ok("rm", "ends");
  });

  test("a terminal and standard input go on", async () => {
    await engine.ok("run", "-dit", "--name=shell", "busybox", "sh");
    await engine.ok(
      "run",
      "-di",
      "--name=cat",
      "busybox",
      "sh",
      "-c",
      "while read line; do echo got $line; done",
    );
    await die();
    const client = engine.spawnDocker("attach", "cat");
    client.stdin.write("hello\n");
    await client.stdin.flush();
    const { value } = await client.stdout.getReader().read();
    expect(new TextDecoder().decode(value)).toBe("got hello\n");
    client.kill();
    expect(await state("shell")).toBe("running");
    expect((await engine.docker("exec", "shell", "echo", "here")).out).toBe("here\n");
    await engine.ok("rm", "-f", "shell", "cat");
  });

  test("restart policy, wait and stop go on", async () => {
    await engine.ok("run", "-d", "--name=policy", "--restart=always", "busybox", "sleep", "0.6");
    await engine.ok("run", "-d", "--name=stopped", "busybox", "sleep", "100000");
    await die();
    await until(
      "a restart by the new engine",
      async () => Number(await state("policy", "{{.RestartCount}}")) > 0,
    );
    await engine.ok("stop", "-t0", "policy", "stopped");
    expect(await state("stopped", "{{.State.ExitCode}}")).toBe("137");
    expect(await state("policy")).toBe("exited");
    await engine.ok("rm", "policy", "stopped");
  });

  test("a published port answers, also while no engine runs", async () => {
    await engine.ok(
      "run",
      "-d",
      "--name=web",
      "-p",
      "127.0.0.1::80",
      "busybox",
      "sh",
      "-c",
      "mkdir /w; echo on > /w/index.html; httpd -f -h /w",
    );
    const address = (await engine.ok("port", "web")).split(" -> ")[1] ?? "";
    const get = () =>
      until("an answer", async () => {
        try {
          return (
            await (await fetch(`http://${address}/`, { signal: AbortSignal.timeout(2000) })).text()
          ).trim();
        } catch {
          return undefined;
        }
      });
    expect(await get()).toBe("on");
    await engine.kill();
    expect(await get()).toBe("on");
    await engine.start();
    expect(await get()).toBe("on");
    const taken = await engine.docker("run", "--rm", "-p", `${address}:80`, "busybox", "true");
    expect(taken.err).toContain("port is already allocated");
    await engine.ok("rm", "-f", "web");
    await expect(fetch(`http://${address}/`, { signal: AbortSignal.timeout(500) })).rejects.toThrow();
  });

  test("health checks go on", async () => {
    const flags = ["--health-cmd=test ! -e /sick", "--health-interval=200ms", "--health-retries=1"];
    await engine.ok("run", "-d", "--name=patient", ...flags, "busybox", "sleep", "100000");
    await until("healthy", async () => (await state("patient", "{{.State.Health.Status}}")) === "healthy");
    await die();
    await engine.ok("exec", "patient", "touch", "/sick");
    await until(
      "unhealthy",
      async () => (await state("patient", "{{.State.Health.Status}}")) === "unhealthy",
    );
    await engine.ok("rm", "-f", "patient");
  });
});

/** Work that the engine is killed in the middle of. Each is asked by plain requests: a client's start is no delay. */
const work: Readonly<Record<string, (name: string) => Promise<unknown>>> = {
  create: (name) =>
    engine.request("POST", `/containers/create?name=${name}`, { Image: "busybox", Cmd: ["sleep", "100"] }),
  start: async (name) => {
    const body = { Image: "busybox", Cmd: ["sleep", "100"] };
    await engine.request("POST", `/containers/create?name=${name}`, body);
    await engine.request("POST", `/containers/${name}/start`);
  },
  stop: (name) => engine.request("POST", `/containers/${name}/stop?t=0`),
  exec: async (name) => {
    const answer = await engine.request("POST", `/containers/${name}/exec`, { Cmd: ["sleep", "100"] });
    const { Id } = (await answer.json()) as { Id: string };
    await engine.request("POST", `/exec/${Id}/start`, { Detach: true });
  },
  rm: (name) => engine.request("DELETE", `/containers/${name}?force=1&v=1`),
  commit: (name) => engine.request("POST", `/commit?container=${name}&repo=committed&tag=${name}`, {}),
  load: () => engine.loadBusybox(),
  "volume create": (name) => engine.request("POST", "/volumes/create", { Name: name }),
};

describe("killed in the middle of", () => {
  const delays = [1, 4, 9, 16, 25, 40, 70];

  test.each(Object.keys(work))(
    "%s: nothing half-made stays",
    async (verb) => {
      const action = work[verb];
      if (!action) throw new Error(`no such work: ${verb}`);
      await engine.ok("run", "--rm", "busybox", "true");
      const before = engine.footprint();
      for (const [round, delay] of delays.entries()) {
        const name = `victim-${verb.replace(" ", "-")}-${round}`;
        const needsRunning = ["stop", "exec", "rm", "commit"].includes(verb);
        if (needsRunning) await engine.ok("run", "-d", `--name=${name}`, "busybox", "sleep", "100");
        const asked = action(name).catch(() => undefined); // the connection breaks, that is the point
        await Bun.sleep(delay);
        await engine.kill();
        await asked;
        await engine.start();
        await consistent();
      }
      const left = (await engine.ok("ps", "-aq")).split("\n").filter((id) => id !== "");
      if (left.length > 0) await engine.ok("rm", "-f", "-v", ...left);
      await engine.docker("volume", "prune", "-a", "-f");
      const made = (await engine.ok("images", "-q", "committed")).split("\n").filter((id) => id !== "");
      for (const id of new Set(made)) await engine.ok("rmi", "-f", id);
      // Killed between the image and its name: whole, and without one.
      await engine.ok("image", "prune", "-f");
      expect(await engine.ok("run", "--rm", "busybox", "echo", "works")).toBe("works");
      const { "open files": _, ...countable } = before;
      await engine.assertNothingLeaked({
        ...countable,
        "open files": engine.footprint()["open files"] ?? [],
      });
    },
    60_000,
  );

  /** Every container the engine tells of is what it says: running with a living process, or not running. */
  async function consistent(): Promise<void> {
    for (const id of (await engine.ok("ps", "-aq")).split("\n").filter((line) => line !== "")) {
      const [status, pid] = (await state(id, "{{.State.Status}} {{.State.Pid}}")).split(" ");
      const alive = Number(pid) > 0 && Bun.spawnSync(["kill", "-0", pid ?? ""]).exitCode === 0;
      expect(`${id} ${status} ${alive}`).toBe(
        `${id} ${status} ${status === "running" || status === "paused"}`,
      );
    }
  }
});

describe("a second engine on the same data root", () => {
  test("is refused with a sentence that names the first", async () => {
    const second = Bun.spawn(
      [
        ...engineCommand(),
        "engine",
        ...engine.flags(),
        `--host=unix://${engine.directory}/second.sock`,
        `--pidfile=${engine.directory}/second.pid`,
      ],
      {
        stdout: "pipe",
        stderr: "pipe",
      },
    );
    const [err, code] = await Promise.all([second.stderr.text(), second.exited]);
    expect(code).toBe(1);
    expect(err).toContain(engine.dataRoot);
    expect(err).toContain(String(engine.pid));
    expect((await engine.docker("version")).code).toBe(0);
  });
});

describe("signals", () => {
  test("SIGTERM ends with 0 and leaves containers running; SIGHUP reads the configuration again", async () => {
    await engine.ok("run", "-d", "--name=stays", "busybox", "sleep", "100000");
    const pid = await state("stays", "{{.State.Pid}}");
    expect(await engine.stop()).toBe(0);
    expect(Bun.spawnSync(["kill", "-0", pid]).exitCode).toBe(0);
    await engine.start();
    expect(await state("stays", "{{.State.Status}} {{.State.Pid}}")).toBe(`running ${pid}`);
    await engine.ok("rm", "-f", "stays");

    // Another name for runc, so that the test does not depend on which runtime is the default here.
    const file = {
      labels: ["reloaded=yes"],
      runtimes: { other: { path: "runc" } },
      "default-runtime": "other",
    };
    await Bun.write(`${engine.directory}/engine.json`, JSON.stringify(file));
    engine.signal("SIGHUP");
    await until("the label", async () =>
      (await engine.ok("info", "--format={{json .Labels}}")).includes("reloaded=yes"),
    );
    await engine.ok("create", "--name=after-reload", "busybox", "true");
    const runtime = await engine.ok("inspect", "--format={{.HostConfig.Runtime}}", "after-reload");
    expect(runtime).toBe("other");
    await engine.ok("rm", "after-reload");
  });
});
