import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { startFailureOf } from "../../src/runtime/start-failure.ts";
import { until } from "../setup/until.ts";
import { execOptions, installedRuntimes, Lab, readAll, textOf, unframe } from "./runtime-fixture.ts";

const output = { stdin: false, stdout: true, stderr: true };

async function sleeping(lab: Lab) {
  const task = await lab.start(lab.options(["sleep", "1000"]));
  await task.started;
  return task;
}

for (const runtime of installedRuntimes) {
  describe(`${runtime}: exec`, () => {
    test("streams and exit code", async () => {
      await using lab = new Lab(runtime);
      const task = await sleeping(lab);
      const command = ["sh", "-c", "echo $GREETING; echo err >&2; exit 5"];
      const exec = await task.exec("one", {
        ...execOptions(lab, command, { env: ["GREETING=hello"] }),
        expectAttached: 1,
      });
      const { stdout, stderr } = unframe(await readAll((await exec.attach(output)).output));
      expect(stdout.toString()).toBe("hello\n");
      expect(stderr.toString()).toBe("err\n");
      expect((await exec.exited).code).toBe(5);
    });

    test("stdin with half-close", async () => {
      await using lab = new Lab(runtime);
      const task = await sleeping(lab);
      const exec = await task.exec("cat", {
        ...execOptions(lab, ["cat"], { attachStdin: true }),
        expectAttached: 1,
      });
      const stream = await exec.attach({ ...output, stdin: true });
      await stream.write(Buffer.from("through"));
      stream.closeStdin();
      expect(await textOf(stream)).toBe("through");
      expect((await exec.exited).code).toBe(0);
    });

    test("a terminal, another user, another directory", async () => {
      await using lab = new Lab(runtime);
      const task = await sleeping(lab);
      const wish = { tty: true, user: "ann", workingDir: "/tmp" };
      // crun's exec leaves the size to the shim, which sets it when it is handed the terminal: a moment
      // after the process may have started. Programs hear of it by SIGWINCH; this one asks again.
      const size = "until stty size 2>/dev/null | grep .; do sleep 0.01; done";
      const options = execOptions(lab, ["sh", "-c", `id -u; pwd; test -t 0 && ${size}`], wish);
      const exec = await task.exec("tty", { ...options, expectAttached: 1, consoleSize: [12, 34] });
      const text = (await readAll((await exec.attach(output)).output)).toString();
      expect(text).toBe("1000\r\n/tmp\r\n12 34\r\n");
    });

    test("a missing program is 127 in Docker's words", async () => {
      await using lab = new Lab(runtime);
      const task = await sleeping(lab);
      const error = await task.exec("bad", execOptions(lab, ["nosuch"])).catch((thrown: unknown) => thrown);
      expect(String(error)).toContain(
        'OCI runtime exec failed: exec failed: unable to start container process: exec: "nosuch": executable file not found in $PATH: unknown',
      );
      expect(startFailureOf(error)?.exitCode).toBe(127);
    });

    test("a background process that keeps the output open does not hold the end back for long", async () => {
      await using lab = new Lab(runtime);
      const task = await sleeping(lab);
      const options = execOptions(lab, ["sh", "-c", "sleep 500 & echo done"]);
      const exec = await task.exec("bg", { ...options, expectAttached: 1 });
      const stream = await exec.attach(output);
      expect((await exec.exited).code).toBe(0);
      expect(await textOf(stream)).toBe("done\n");
    });

    test("output waits for a client that comes long after the end of the process", async () => {
      await using lab = new Lab(runtime);
      const task = await sleeping(lab);
      const exec = await task.exec("early", { ...execOptions(lab, ["echo", "said"]), expectAttached: 1 });
      await until("the end of the process", () => !existsSync(`/proc/${exec.pid}`));
      await Bun.sleep(700); // longer than the shim waits for more of a process that is dead
      expect(await textOf(await exec.attach(output))).toBe("said\n");
      expect((await exec.exited).code).toBe(0);
    });

    test("in a container that has ended it is refused", async () => {
      await using lab = new Lab(runtime);
      const task = await lab.start(lab.options(["true"]));
      await task.exited;
      expect(task.exec("late", execOptions(lab, ["true"]))).rejects.toThrow("is not running");
    });
  });
}
