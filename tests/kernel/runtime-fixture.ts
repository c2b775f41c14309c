import { randomBytes } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildShim } from "../../native/build.mjs";
import { createRuntime } from "../../src/runtime/oci-runtime.ts";
import type { AttachStream, ExecOptions, Runtime, Task, TaskOptions } from "../../src/runtime/runtime.ts";
import { removeCgroup } from "../../src/sys/cgroups/control.ts";
import { execOptionsFor, type TaskChange, taskOptionsFor } from "../fakes/task-options.ts";

let shim: string | undefined;

/** The shim, built once for all tests of a process. */
export function testShim(): string {
  shim ??= buildShim(join(import.meta.dir, "../../dist/hull-shim-test"));
  return shim;
}

/** The runtimes of this host that tests go through. */
export const installedRuntimes: readonly string[] = ["runc", "crun"].filter((name) => Bun.which(name));

/** An exec root and a root file system of its own with busybox in it. */
export class Lab implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), "hull-runtime-"));
  readonly rootfs = join(this.directory, "rootfs");
  readonly execRoot = join(this.directory, "exec");
  readonly runtime: Runtime;
  readonly defaultRuntime: string;
  readonly cgroupParent = `/hull-test-${randomBytes(4).toString("hex")}`;
  readonly warnings: string[] = [];
  readonly tasks: Task[] = [];

  constructor(defaultRuntime: string) {
    makeRootfs(this.rootfs);
    this.defaultRuntime = defaultRuntime;
    this.runtime = createRuntime({ execRoot: this.execRoot, shimPath: testShim(), defaultRuntime });
  }

  /** Options for a command; fields of the configuration may be changed. */
  options(command: readonly string[], change: TaskChange = {}): TaskOptions {
    const host = { CgroupParent: this.cgroupParent, ...change.host };
    const options = taskOptionsFor(command, { ...change, host });
    const log = {
      ...options.log,
      driver: "json-file",
      path: this.logPath(options.id),
      ...change.log,
    } as const;
    const warn = (message: string) => void this.warnings.push(message);
    return { ...options, rootfs: this.rootfs, log, warn, ...change.task };
  }

  logPath(id: string): string {
    return join(this.directory, `${id}.json.log`);
  }

  async start(options: TaskOptions): Promise<Task> {
    const task = await this.runtime.start(options);
    this.tasks.push(task);
    return task;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const task of this.tasks) await task.delete();
    await removeCgroup(this.cgroupParent);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function makeRootfs(rootfs: string): void {
  for (const name of ["bin", "etc", "proc", "sys", "dev", "tmp", "root", "sbin"]) {
    mkdirSync(join(rootfs, name), { recursive: true });
  }
  copyFileSync("/bin/busybox", join(rootfs, "bin/busybox"));
  const applets =
    "sh cat echo true false sleep head tail seq dd yes ls id env kill ps stty printf wc test mount hostname ulimit md5sum readlink sha256sum grep";
  for (const name of applets.split(" ")) symlinkSync("busybox", join(rootfs, "bin", name));
  writeFileSync(
    join(rootfs, "etc/passwd"),
    "root:x:0:0:root:/root:/bin/sh\nann:x:1000:1001:Ann:/home/ann:/bin/sh\n",
  );
  writeFileSync(join(rootfs, "etc/group"), "root:x:0:\nann:x:1001:\nwheel:x:10:root,ann\n");
}

export async function readAll(stream: ReadableStream<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

/** Docker's frames taken apart, by stream number. */
export function unframe(bytes: Buffer): { stdout: Buffer; stderr: Buffer } {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at + 4);
    (bytes[at] === 2 ? err : out).push(bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return { stdout: Buffer.concat(out), stderr: Buffer.concat(err) };
}

export async function textOf(stream: AttachStream): Promise<string> {
  return unframe(await readAll(stream.output)).stdout.toString();
}

export function execOptions(
  lab: Lab,
  command: readonly string[],
  change: Partial<ExecOptions["config"]> = {},
): ExecOptions {
  return execOptionsFor(command, change, lab.rootfs);
}
