import { describe, expect, test } from "bun:test";
import { readlinkSync } from "node:fs";
import type { TaskOptions } from "../../src/runtime/runtime.ts";
import { execOptions, installedRuntimes, Lab, textOf } from "./runtime-fixture.ts";

const output = { stdin: false, stdout: true, stderr: true };
const links = "for n in net pid ipc uts cgroup mnt; do readlink /proc/self/ns/$n; done";

async function namespacesOf(lab: Lab, options: TaskOptions): Promise<string[]> {
  const task = await lab.start({ ...options, expectAttached: 1 });
  return (await textOf(await task.attach(output))).trim().split("\n");
}

for (const runtime of installedRuntimes) {
  describe(`${runtime}: namespaces`, () => {
    const host = ["net", "pid", "ipc", "uts", "cgroup"].map((name) => readlinkSync(`/proc/self/ns/${name}`));

    test("new ones are new, the host's are the host's", async () => {
      await using lab = new Lab(runtime);
      const options = lab.options(["sh", "-c", links]);
      const fresh = await namespacesOf(lab, {
        ...options,
        namespaces: { ...options.namespaces, cgroup: { kind: "new" } },
      });
      for (const [at, name] of host.entries()) expect(fresh[at]).not.toBe(name);
      const shared = await namespacesOf(lab, {
        ...lab.options(["sh", "-c", links]),
        namespaces: {
          network: { kind: "host" },
          pid: { kind: "host" },
          ipc: { kind: "host" },
          uts: { kind: "host" },
          cgroup: { kind: "host" },
        },
      });
      expect(shared.slice(0, 5)).toEqual(host);
    });

    test("another container's are joined, and an exec is inside all of them", async () => {
      await using lab = new Lab(runtime);
      const first = await lab.start(lab.options(["sleep", "1000"]));
      await first.started;
      const of = (name: string) => ({ kind: "path", path: `/proc/${first.pid}/ns/${name}` }) as const;
      const second = lab.options(["sleep", "1000"]);
      const task = await lab.start({
        ...second,
        namespaces: {
          network: of("net"),
          pid: of("pid"),
          ipc: of("ipc"),
          uts: of("uts"),
          cgroup: { kind: "host" },
        },
      });
      await task.started;
      const exec = await task.exec("look", { ...execOptions(lab, ["sh", "-c", links]), expectAttached: 1 });
      const lines = (await textOf(await exec.attach(output))).trim().split("\n");
      const expected = ["net", "pid", "ipc", "uts"].map((name) =>
        readlinkSync(`/proc/${first.pid}/ns/${name}`),
      );
      expect(lines.slice(0, 4)).toEqual(expected);
      task.signal(9);
      expect((await task.exited).code).toBe(137);
      expect(await first.pids()).toContain(first.pid);
    });

    test("an exec is under the same seccomp filter and capabilities", async () => {
      await using lab = new Lab(runtime);
      const task = await lab.start(lab.options(["sleep", "1000"]));
      await task.started;
      const script = "grep -E '^(Seccomp|Seccomp_filters|CapBnd|CapEff):' /proc/self/status";
      const exec = await task.exec("status", {
        ...execOptions(lab, ["sh", "-c", script]),
        expectAttached: 1,
      });
      const text = await textOf(await exec.attach(output));
      expect(text).toBe(
        "CapEff:\t00000000a80425fb\nCapBnd:\t00000000a80425fb\nSeccomp:\t2\nSeccomp_filters:\t1\n",
      );
    });
  });
}
