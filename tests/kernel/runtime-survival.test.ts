import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ContainerId } from "../../src/records/container-record.ts";
import { createRuntime } from "../../src/runtime/oci-runtime.ts";
import type { TaskOptions } from "../../src/runtime/runtime.ts";
import { allPids, commandLine, isRunning, killProcess } from "../../src/sys/processes.ts";
import { installedRuntimes, Lab, testShim, textOf } from "./runtime-fixture.ts";

/** An engine in a process of its own, for killing: starts one container and says when. */
async function engineThatDies(
  lab: Lab,
  options: TaskOptions,
  after: "listening" | "started" | number,
): Promise<void> {
  const program = `
    import { createRuntime } from ${JSON.stringify(join(import.meta.dir, "../../src/runtime/oci-runtime.ts"))};
    const { execRoot, shimPath, options, after, defaultRuntime } = JSON.parse(await Bun.stdin.text());
    const runtime = createRuntime({ execRoot, shimPath, defaultRuntime });
    if (typeof after === "number") setTimeout(() => process.kill(process.pid, "SIGKILL"), after);
    const task = await runtime.start({ ...options, warn: () => {} });
    if (after === "started") await task.started;
    if (typeof after === "string") process.kill(process.pid, "SIGKILL");
    await new Promise(() => setInterval(() => {}, 1000));
  `;
  const child = Bun.spawn([process.execPath, "-e", program], {
    stdin: new Blob([
      JSON.stringify({
        execRoot: lab.execRoot,
        shimPath: testShim(),
        options,
        after,
        defaultRuntime: lab.defaultRuntime,
      }),
    ]),
    stdout: "inherit",
    stderr: "inherit",
  });
  await child.exited;
  expect(child.signalCode).toBe("SIGKILL");
}

const nextEngine = (lab: Lab) =>
  createRuntime({ execRoot: lab.execRoot, shimPath: testShim(), defaultRuntime: lab.defaultRuntime });

for (const runtime of installedRuntimes) {
  describe(`${runtime}: after kill -9 of the engine`, () => {
    for (const after of ["listening", "started"] as const) {
      test(`(${after}) the next one gets the exit code and the whole log`, async () => {
        await using lab = new Lab(runtime);
        const options = lab.options(["sh", "-c", "seq 1 20000; sleep 0.1; echo last; exit 17"]);
        await engineThatDies(lab, options, after);
        const task = await nextEngine(lab).load(options.id, false);
        if (!task) throw new Error("not found again");
        lab.tasks.push(task);
        expect((await task.exited).code).toBe(17);
        const lines = readFileSync(options.log.path, "utf8").trimEnd().split("\n");
        expect(lines.length).toBe(20001);
        expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ log: "last\n", stream: "stdout" });
      });
    }

    test("a running one can be attached, written to, resized and ended", async () => {
      await using lab = new Lab(runtime);
      const config = { OpenStdin: true, StdinOnce: true };
      const options = lab.options(["sh", "-c", "read x; echo got $x; exit 3"], { config });
      await engineThatDies(lab, options, "started");
      const task = await nextEngine(lab).load(options.id, false);
      if (!task) throw new Error("not found again");
      lab.tasks.push(task);
      await task.started;
      expect(isRunning(task.pid)).toBe(true);
      const stream = await task.attach({ stdin: true, stdout: true, stderr: true });
      await stream.write(Buffer.from("it\n"));
      expect(await textOf(stream)).toBe("got it\n");
      expect((await task.exited).code).toBe(3);
    });

    test("one that ended meanwhile is known by its exit file", async () => {
      await using lab = new Lab(runtime);
      const options = lab.options(["sh", "-c", "exit 8"]);
      await engineThatDies(lab, options, "started");
      const exitFile = join(lab.execRoot, "containers", options.id, "exit");
      while (!existsSync(exitFile)) await Bun.sleep(5);
      const task = await nextEngine(lab).load(options.id, false);
      if (!task) throw new Error("not found again");
      lab.tasks.push(task);
      expect((await task.exited).code).toBe(8);
    });

    test("at any instant of a start: all of it is found again, or nothing was begun", async () => {
      await using lab = new Lab(runtime);
      for (const milliseconds of [0, 1, 2, 3, 5, 8, 12, 20, 35]) {
        const options = lab.options(["sh", "-c", "seq 1 1000; exit 17"]);
        await engineThatDies(lab, options, milliseconds);
        const next = nextEngine(lab);
        const task = await next.load(options.id, false);
        if (task) {
          expect((await task.exited).code).toBe(17);
          expect(readFileSync(options.log.path, "utf8").split("\n").length).toBe(1001);
          await task.delete();
        } else {
          await next.repair(() => false);
          expect(existsSync(options.log.path)).toBe(false);
        }
        /* A shim that has told everything ends a moment later. */
        while (allPids().some((pid) => commandLine(pid).some((word) => word.includes(options.id))))
          await Bun.sleep(1);
        expect(readdirSync(join(lab.execRoot, "containers"))).toEqual([]);
        expect(readdirSync(join(lab.execRoot, "runtime"))).toEqual([]);
      }
    }, 20_000);

    test("repair removes what is not wanted, running or not", async () => {
      await using lab = new Lab(runtime);
      const options = lab.options(["sleep", "1000"]);
      await engineThatDies(lab, options, "started");
      const next = nextEngine(lab);
      const task = await next.load(options.id, false);
      await task?.started;
      const pid = task?.pid ?? 0;
      expect(isRunning(pid)).toBe(true);
      expect(await next.repair(() => true)).toEqual([]);
      expect(await next.repair(() => false)).toEqual([options.id]);
      expect(isRunning(pid)).toBe(false);
      expect(await next.load(options.id as ContainerId, false)).toBeUndefined();
      expect(existsSync(join(lab.execRoot, "containers", options.id))).toBe(false);
    });

    test("a shim that was killed leaves an unknown end, not a hang", async () => {
      await using lab = new Lab(runtime);
      const options = lab.options(["sleep", "1000"]);
      const task = await lab.start(options);
      await task.started;
      const shim = Number(readFileSync(join(lab.execRoot, "containers", options.id, "shim.pid"), "utf8"));
      killProcess(shim, 9);
      expect((await task.exited).code).toBe(255);
      const { pid } = task;
      await task.delete();
      expect(isRunning(pid)).toBe(false);
    });
  });
}
