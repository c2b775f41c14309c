import { describe, expect, test } from "bun:test";
import type { AttachStream, ExecOptions, Runtime, TaskOptions } from "../../src/runtime/runtime.ts";
import { until } from "../setup/until.ts";

/** A runtime to hold against the contract, with a way to make options for it. */
export interface RuntimeHarness extends AsyncDisposable {
  readonly runtime: Runtime;
  options(command: readonly string[], change?: OptionsChange): TaskOptions;
  execOptions(command: readonly string[], change?: Partial<ExecOptions["config"]>): ExecOptions;
}

export interface OptionsChange {
  readonly config?: Partial<TaskOptions["config"]>;
  readonly task?: Partial<TaskOptions>;
}

const output = { stdin: false, stdout: true, stderr: true };

/** What every Runtime keeps, the real one and the fake of the API tests alike. */
export function runtimeContract(name: string, open: () => RuntimeHarness): void {
  describe(`Runtime contract: ${name}`, () => {
    test("who attaches before the output is expected gets all of it, then the end", async () => {
      await using harness = open();
      const task = await harness.runtime.start(
        harness.options(["echo", "hello"], { task: { expectAttached: 1 } }),
      );
      const stream = await task.attach(output);
      expect(await stdoutOf(stream)).toBe("hello\n");
      expect((await task.exited).code).toBe(0);
      await task.delete();
    });

    test("started, pid and exited for any number of waiters", async () => {
      await using harness = open();
      const task = await harness.runtime.start(harness.options(["false"]));
      await task.started;
      expect(task.pid).toBeGreaterThan(0);
      const ends = await Promise.all([task.exited, task.exited]);
      expect(ends.map(({ code }) => code)).toEqual([1, 1]);
      expect(ends[0]?.finishedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
      await task.delete();
    });

    test("a signal ends it with 128 + n and says which", async () => {
      await using harness = open();
      const task = await harness.runtime.start(harness.options(["sleep", "1000"]));
      await task.started;
      task.signal(9);
      expect(await task.exited).toMatchObject({ code: 137, signal: 9 });
      await task.delete();
    });

    test("stdin goes through and its end ends a reader", async () => {
      await using harness = open();
      const config = { OpenStdin: true, StdinOnce: true };
      const task = await harness.runtime.start(
        harness.options(["cat"], { config, task: { expectAttached: 1 } }),
      );
      const stream = await task.attach({ ...output, stdin: true });
      await stream.write(Buffer.from("through"));
      stream.closeStdin();
      expect(await stdoutOf(stream)).toBe("through");
      expect((await task.exited).code).toBe(0);
      await task.delete();
    });

    test("a terminal's output is raw", async () => {
      await using harness = open();
      const options = harness.options(["echo", "raw"], {
        config: { Tty: true },
        task: { expectAttached: 1 },
      });
      const task = await harness.runtime.start(options);
      expect(task.terminal).toBe(true);
      const stream = await task.attach(output);
      expect((await bytesOf(stream)).toString().trim()).toBe("raw");
      await task.delete();
    });

    test("load finds what was started, and nothing after delete", async () => {
      await using harness = open();
      const options = harness.options(["sleep", "1000"]);
      const task = await harness.runtime.start(options);
      await task.started;
      const again = await harness.runtime.load(options.id, false);
      await again?.started;
      expect(again?.pid).toBe(task.pid);
      await task.delete();
      expect(await harness.runtime.load(options.id, false)).toBeUndefined();
    });

    test("exec runs beside it with an end of its own", async () => {
      await using harness = open();
      const task = await harness.runtime.start(harness.options(["sleep", "1000"]));
      await task.started;
      const exec = await task.exec("e1", { ...harness.execOptions(["echo", "beside"]), expectAttached: 1 });
      expect(await stdoutOf(await exec.attach(output))).toBe("beside\n");
      expect((await exec.exited).code).toBe(0);
      await task.delete();
      expect(task.exec("e2", harness.execOptions(["true"]))).rejects.toThrow("is not running");
    });

    test("pids, stats and repair", async () => {
      await using harness = open();
      const options = harness.options(["sleep", "1000"]);
      const task = await harness.runtime.start(options);
      await task.started;
      expect(await task.pids()).toEqual([task.pid]);
      // Threads the runtime had before it became the program are counted until the kernel has cleared them away.
      await until("one process is counted", async () => (await task.stats()).pids.current === 1);
      expect(await harness.runtime.repair((id) => id === options.id)).toEqual([]);
      expect(await harness.runtime.repair(() => false)).toEqual([options.id]);
    });

    test("an unknown runtime is refused", async () => {
      await using harness = open();
      const options = harness.options(["true"], { task: { runtime: "nope" } });
      expect(harness.runtime.start(options)).rejects.toThrow("unknown or invalid runtime name: nope");
    });
  });
}

async function bytesOf(stream: AttachStream): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream.output) parts.push(part);
  return Buffer.concat(parts);
}

async function stdoutOf(stream: AttachStream): Promise<string> {
  const bytes = await bytesOf(stream);
  let text = "";
  for (let at = 0; at < bytes.length; at += 8 + bytes.readUInt32BE(at + 4)) {
    if (bytes[at] === 1) text += bytes.toString("utf8", at + 8, at + 8 + bytes.readUInt32BE(at + 4));
  }
  return text;
}
