import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TaskOptions } from "../../src/runtime/runtime.ts";
import { startFailureOf } from "../../src/runtime/start-failure.ts";
import { cgroupDirectories } from "../../src/sys/cgroups/hierarchy.ts";
import { until } from "../setup/until.ts";
import { installedRuntimes, Lab, readAll, textOf, unframe } from "./runtime-fixture.ts";

const output = { stdin: false, stdout: true, stderr: true };
const everything = { stdin: true, stdout: true, stderr: true };

/** Runs a container to its end and gives what it wrote and how it ended. */
async function run(lab: Lab, options: TaskOptions) {
  const task = await lab.start({ ...options, expectAttached: 1 });
  const stream = await task.attach(output);
  const bytes = await readAll(stream.output);
  await task.started;
  return { ...unframe(bytes), raw: bytes.toString(), exit: await task.exited, task };
}

for (const runtime of installedRuntimes) {
  describe(`${runtime}: Task`, () => {
    test("delivers both streams framed, the exit code, and leaves nothing after delete", async () => {
      await using lab = new Lab(runtime);
      const options = lab.options(["sh", "-c", "echo out; echo err >&2; exit 42"]);
      const { stdout, stderr, exit, task } = await run(lab, options);
      expect(stdout.toString()).toBe("out\n");
      expect(stderr.toString()).toBe("err\n");
      expect(exit).toMatchObject({ code: 42, oomKilled: false });
      await task.delete();
      expect(readdirSync(join(lab.execRoot, "containers"))).toEqual([]);
      expect(readdirSync(join(lab.execRoot, "runtime"))).toEqual([]);
      for (const directory of cgroupDirectories(`${lab.cgroupParent}/${options.id}`)) {
        expect(existsSync(directory)).toBe(false);
      }
    });

    test("a signal ends it with 128 + n", async () => {
      await using lab = new Lab(runtime);
      const task = await lab.start(lab.options(["sleep", "1000"]));
      await task.started;
      expect(task.pid).toBeGreaterThan(1);
      task.signal(9);
      expect(await task.exited).toMatchObject({ code: 137, signal: 9 });
    });

    test("stdin reaches the process and its half-close ends it (StdinOnce)", async () => {
      await using lab = new Lab(runtime);
      const task = await lab.start(
        lab.options(["sha256sum"], {
          config: { OpenStdin: true, StdinOnce: true },
          task: { expectAttached: 1 },
        }),
      );
      const stream = await task.attach(everything);
      const input = Buffer.alloc(3_000_001, "abcdefg\n");
      await stream.write(input);
      stream.closeStdin();
      const expected = new Bun.CryptoHasher("sha256").update(input).digest("hex");
      expect(await textOf(stream)).toBe(`${expected}  -\n`);
      expect((await task.exited).code).toBe(0);
    });

    test("stdin stays open for the next client without StdinOnce", async () => {
      await using lab = new Lab(runtime);
      const task = await lab.start(
        lab.options(["sh", "-c", "read a; read b; echo $a $b"], { config: { OpenStdin: true } }),
      );
      const first = await task.attach({ stdin: true, stdout: false, stderr: false });
      await first.write(Buffer.from("one\n"));
      first.closeStdin();
      await readAll(first.output);
      const second = await task.attach(everything);
      await second.write(Buffer.from("two\n"));
      expect(await textOf(second)).toBe("one two\n");
    });

    test("a client that goes away closes stdin with StdinOnce", async () => {
      await using lab = new Lab(runtime);
      const task = await lab.start(lab.options(["cat"], { config: { OpenStdin: true, StdinOnce: true } }));
      const stream = await task.attach(everything);
      await stream.write(Buffer.from("x"));
      stream.close();
      expect((await task.exited).code).toBe(0);
    });

    test("a terminal is raw, sized before the start, and can be resized", async () => {
      await using lab = new Lab(runtime);
      const task = await lab.start(
        lab.options(["sh", "-c", "stty size; read x; stty size"], {
          config: { Tty: true, OpenStdin: true },
          host: { ConsoleSize: [33, 99] },
          task: { expectAttached: 1 },
        }),
      );
      const stream = await task.attach(everything);
      const reader = stream.output.getReader();
      let text = "";
      while (!text.endsWith("33 99\r\n")) text += Buffer.from((await reader.read()).value ?? []).toString();
      reader.releaseLock();
      await task.resize(44, 111);
      await stream.write(Buffer.from("\n"));
      expect((await readAll(stream.output)).toString()).toBe("\r\n44 111\r\n");
    });

    test("100 MB arrive intact, in the client and in the log", async () => {
      await using lab = new Lab(runtime);
      const size = 100 * 1024 * 1024;
      const task = await lab.start(
        lab.options(["sh", "-c", `yes 0123456789abcdef | head -c ${size}`], { task: { expectAttached: 1 } }),
      );
      const stream = await task.attach(output);
      const hash = new Bun.CryptoHasher("sha256");
      let length = 0;
      let rest: Uint8Array = new Uint8Array();
      for await (const part of stream.output) {
        let bytes = Buffer.concat([rest, part]);
        while (bytes.length >= 8 && bytes.length >= 8 + bytes.readUInt32BE(4)) {
          const end = 8 + bytes.readUInt32BE(4);
          hash.update(bytes.subarray(8, end));
          length += end - 8;
          bytes = bytes.subarray(end);
        }
        rest = bytes;
      }
      expect(length).toBe(size);
      const expected = new Bun.CryptoHasher("sha256");
      const block = Buffer.alloc(17 * 4096, "0123456789abcdef\n");
      for (let at = 0; at < size; at += block.length)
        expected.update(block.subarray(0, Math.min(block.length, size - at)));
      expect(hash.digest("hex")).toBe(expected.digest("hex"));
      await task.exited;
      const log = readFileSync(lab.logPath(task.id), "latin1");
      expect(log.split("\n").length - 1).toBe(Math.ceil(size / 17));
    }, 60_000);

    test("a client that does not read neither stops the exit nor the log nor other messages", async () => {
      await using lab = new Lab(runtime);
      const options = lab.options(
        ["sh", "-c", "trap 'exit 9' USR1; yes | head -c 200000; while :; do sleep 0.01; done"],
        {
          task: { expectAttached: 1 },
        },
      );
      const task = await lab.start(options);
      const stream = await task.attach(output);
      await task.started;
      await Bun.sleep(50);
      task.signal(10);
      expect((await task.exited).code).toBe(9);
      expect(readFileSync(options.log.path, "utf8").split("\n").length - 1).toBe(100_000);
      expect((await textOf(stream)).length).toBe(200_000);
    });

    test("a slow client makes the process wait, and it can still be killed", async () => {
      await using lab = new Lab(runtime);
      const options = lab.options(["yes"], { task: { expectAttached: 1 }, log: { driver: "none" } });
      const task = await lab.start(options);
      const stream = await task.attach(output);
      const reader = stream.output.getReader();
      await reader.read();
      task.signal(9);
      expect(await task.exited).toMatchObject({ code: 137 });
      await reader.cancel();
    });

    test("pause stops it, resume goes on", async () => {
      await using lab = new Lab(runtime);
      const task = await lab.start(lab.options(["sh", "-c", "while :; do sleep 0.01; done"]));
      await task.started;
      await task.pause();
      const state = () => readFileSync(`/proc/${task.pid}/stat`, "utf8").split(") ")[1]?.[0];
      const frozenAt = (await task.stats()).cpu.totalNs;
      expect((await task.stats()).cpu.totalNs).toBe(frozenAt);
      expect(state()).toBe("D");
      await task.resume();
      // A shell that starts a program is in this state for a moment, too.
      await until("it is out of the freezer", () => state() !== "D");
    });

    test("being out of memory is told", async () => {
      await using lab = new Lab(runtime);
      const options = lab.options(["sh", "-c", "x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done"], {
        host: { Memory: 16 * 1024 * 1024, MemorySwap: 16 * 1024 * 1024 },
      });
      const { exit } = await run(lab, options);
      expect(exit).toMatchObject({ code: 137, oomKilled: true });
    });

    test("limits show in the cgroup, and update changes them", async () => {
      await using lab = new Lab(runtime);
      const options = lab.options(["sleep", "1000"], {
        host: { Memory: 64 * 1024 * 1024, PidsLimit: 50, CpuShares: 512, NanoCpus: 500_000_000 },
      });
      const task = await lab.start(options);
      await task.started;
      const before = await task.stats();
      expect(before.memory.limit).toBe(64 * 1024 * 1024);
      expect(before.pids.limit).toBe(50);
      expect(await task.pids()).toEqual([task.pid]);
      await task.update({ ...options.hostConfig, Memory: 32 * 1024 * 1024, PidsLimit: 60 });
      const after = await task.stats();
      expect(after.memory.limit).toBe(32 * 1024 * 1024);
      expect(after.pids.limit).toBe(60);
    });

    test("processes of a shared pid namespace die with the first one", async () => {
      await using lab = new Lab(runtime);
      const options = lab.options(["sh", "-c", "sleep 1000 & echo started"]);
      const { exit, stdout } = await run(lab, {
        ...options,
        namespaces: { ...options.namespaces, pid: { kind: "host" } },
      });
      expect(stdout.toString()).toBe("started\n");
      expect(exit.code).toBe(0);
    });
  });

  describe(`${runtime}: a start that fails`, () => {
    for (const tty of [false, true]) {
      test(`says so in Docker's words, tty ${tty}`, async () => {
        await using lab = new Lab(runtime);
        const options = lab.options(["nosuch"], { config: { Tty: tty } });
        const task = await lab.start(options);
        const stream = await task.attach(output).catch(() => undefined);
        const error = await task.started.catch((thrown: unknown) => thrown);
        expect(String(error)).toContain(
          `OCI runtime create failed: ${runtime} create failed: unable to start container process: exec: "nosuch": executable file not found in $PATH: unknown`,
        );
        expect(startFailureOf(error)).toEqual({ exitCode: 127, diagnosis: 'no program "nosuch" in /bin' });
        expect((await task.exited).code).toBe(127);
        if (stream) expect((await readAll(stream.output)).length).toBe(0);
        expect(existsSync(options.log.path) ? readFileSync(options.log.path, "utf8") : "").toBe("");
      });
    }

    test("a file without the execute bit is 126, with a diagnosis", async () => {
      await using lab = new Lab(runtime);
      writeFileSync(join(lab.rootfs, "tmp/plain"), "#!/bin/sh\n", { mode: 0o644 });
      const task = await lab.start(lab.options(["/tmp/plain"]));
      const error = await task.started.catch((thrown: unknown) => thrown);
      expect(String(error)).toContain('exec: "/tmp/plain": permission denied');
      expect(startFailureOf(error)).toMatchObject({ exitCode: 126 });
      expect(startFailureOf(error)?.diagnosis).toContain("not executable (mode 0644)");
    });

    test("a missing mount source is named", async () => {
      await using lab = new Lab(runtime);
      const mounts = [{ destination: "/mnt", type: "bind", source: "/no/such/source", options: ["rbind"] }];
      const task = await lab.start(lab.options(["true"], { task: { mounts } }));
      const error = await task.started.catch((thrown: unknown) => thrown);
      expect(String(error)).toContain("/no/such/source");
      expect(startFailureOf(error)?.diagnosis).toContain("/no/such/source");
    });

    test("an unknown runtime and a reserved annotation are refused", async () => {
      await using lab = new Lab(runtime);
      const unknown = lab.options(["true"], { task: { runtime: "nope" } });
      expect(lab.runtime.start(unknown)).rejects.toThrow("unknown or invalid runtime name: nope");
      const annotated = lab.options(["true"], {
        host: { Annotations: { "run.oci.seccomp_bpf_data": "AAAA" } },
      });
      expect(lab.runtime.start(annotated)).rejects.toThrow("reserved");
    });
  });

  describe(`${runtime}: options inside the container`, () => {
    const inside = async (command: string, change: Parameters<Lab["options"]>[1] = {}) => {
      await using lab = new Lab(runtime);
      const { stdout, stderr } = await run(lab, lab.options(["sh", "-c", command], change));
      return { text: stdout.toString().trim(), error: stderr.toString().trim(), warnings: lab.warnings };
    };

    test("user, groups and added groups", async () => {
      const { text } = await inside("id", { config: { User: "ann" }, host: { GroupAdd: ["1234"] } });
      expect(text).toBe("uid=1000(ann) gid=1001(ann) groups=10(wheel),1001(ann),1234");
    });

    test("capabilities: default, added, dropped, none", async () => {
      const bounding = async (host: { CapAdd?: string[]; CapDrop?: string[] }) =>
        (await inside("grep CapBnd /proc/self/status", { host })).text.split(/\s+/)[1];
      expect(await bounding({})).toBe("00000000a80425fb");
      expect(await bounding({ CapAdd: ["NET_ADMIN"] })).toBe("00000000a80435fb");
      expect(await bounding({ CapDrop: ["ALL"] })).toBe("0000000000000000");
      expect(await bounding({ CapDrop: ["ALL"], CapAdd: ["chown"] })).toBe("0000000000000001");
    });

    test("seccomp and no-new-privileges are on as asked", async () => {
      const status = "grep -E '^(NoNewPrivs|Seccomp):' /proc/self/status";
      expect((await inside(status)).text).toBe("NoNewPrivs:\t0\nSeccomp:\t2");
      const open = { host: { SecurityOpt: ["seccomp=unconfined", "no-new-privileges"] } };
      expect((await inside(status, open)).text).toBe("NoNewPrivs:\t1\nSeccomp:\t0");
    });

    test("privileged: all the engine has, devices, writable /sys", async () => {
      const { text } = await inside(
        "grep CapBnd /proc/self/status; ls /dev | wc -l; mount | grep ' /sys ' ",
        {
          host: { Privileged: true },
        },
      );
      expect(text).not.toContain("a80425fb");
      expect(Number(text.split("\n")[1])).toBeGreaterThan(15);
      expect(text).toContain("rw");
    });

    test("a ulimit above what the engine may give is cut and said", async () => {
      const limit = { Name: "nofile", Soft: 2_000_000_000, Hard: 2_000_000_000 };
      const { text, warnings } = await inside("ulimit -n", { host: { Ulimits: [limit] } });
      expect(Number(text)).toBeGreaterThan(0);
      if (Number(text) < 2_000_000_000) expect(warnings.join()).toContain("ulimit nofile");
    });

    test("read-only root, shm size, sysctl, hostname, workdir", async () => {
      const command = "echo x > /file; mount | grep /dev/shm; cat /proc/sys/kernel/msgmax; hostname; pwd";
      const { text, error } = await inside(command, {
        config: { WorkingDir: "/tmp" },
        host: { ReadonlyRootfs: true, ShmSize: 1048576, Sysctls: { "kernel.msgmax": "4321" } },
        task: { hostname: "box" },
      });
      expect(error).toContain("Read-only file system");
      expect(text).toContain("size=1024k");
      expect(text.split("\n").slice(-3)).toEqual(["4321", "box", "/tmp"]);
    });

    test("--init puts tini in front", async () => {
      await using lab = new Lab(runtime);
      mkdirSync(join(lab.rootfs, "sbin"), { recursive: true });
      const { stdout } = await run(lab, lab.options(["cat", "/proc/1/cmdline"], { task: { init: true } }));
      expect(stdout.toString().split("\0").slice(0, 3)).toEqual(["/sbin/docker-init", "--", "cat"]);
    });

    test.skipIf(!existsSync("/dev/fuse"))(
      "--device gives the device and no right that was not named",
      async () => {
        const device = { PathOnHost: "/dev/fuse", PathInContainer: "/dev/other", CgroupPermissions: "r" };
        const { text, error } = await inside(": < /dev/other && echo readable; : > /dev/other", {
          host: { Devices: [device] },
        });
        expect(text).toBe("readable");
        expect(error).toContain("Operation not permitted");
      },
    );
  });
}
