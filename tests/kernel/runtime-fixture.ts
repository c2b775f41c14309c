import { randomBytes } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildShim } from "../../native/build.mjs";
import type { ContainerConfig, HostConfig } from "../../src/records/container-config.ts";
import type { ContainerId } from "../../src/records/container-record.ts";
import { createRuntime } from "../../src/runtime/oci-runtime.ts";
import type {
  AttachStream,
  ExecOptions,
  LogTarget,
  Runtime,
  Task,
  TaskOptions,
} from "../../src/runtime/runtime.ts";
import { removeCgroup } from "../../src/sys/cgroups/control.ts";

let shim: string | undefined;

/** The shim, built once for all tests of a process. */
export function testShim(): string {
  shim ??= buildShim(join(mkdtempSync(join(tmpdir(), "hull-shim-")), "hull-shim"));
  return shim;
}

/** An exec root and a root file system of its own with busybox in it. */
export class Lab implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), "hull-runtime-"));
  readonly rootfs = join(this.directory, "rootfs");
  readonly execRoot = join(this.directory, "exec");
  readonly runtime: Runtime;
  readonly cgroupParent = `/hull-test-${randomBytes(4).toString("hex")}`;
  readonly warnings: string[] = [];
  readonly tasks: Task[] = [];

  constructor(defaultRuntime = "runc") {
    makeRootfs(this.rootfs);
    this.runtime = createRuntime({ execRoot: this.execRoot, shimPath: testShim(), defaultRuntime });
  }

  /** Options for a command; fields of the configuration may be changed. */
  options(
    command: readonly string[],
    change: {
      config?: Partial<ContainerConfig>;
      host?: Partial<HostConfig>;
      task?: Partial<TaskOptions>;
      log?: Partial<LogTarget>;
    } = {},
  ): TaskOptions {
    const id = randomBytes(32).toString("hex") as ContainerId;
    return {
      id,
      config: { ...defaultConfig, ...change.config },
      hostConfig: { ...defaultHostConfig, CgroupParent: this.cgroupParent, ...change.host },
      command,
      env: ["PATH=/bin", "HOME=/root"],
      rootfs: this.rootfs,
      mounts: [],
      hostname: id.slice(0, 12),
      namespaces: {
        network: { kind: "new" },
        pid: { kind: "new" },
        ipc: { kind: "new" },
        uts: { kind: "new" },
        cgroup: { kind: "host" },
      },
      runtime: "",
      log: {
        driver: "json-file",
        path: join(this.directory, `${id}.json.log`),
        maxBytes: 0,
        maxFiles: 1,
        compress: false,
        attrs: "",
        ...change.log,
      },
      expectAttached: 0,
      init: false,
      warn: (message) => this.warnings.push(message),
      ...change.task,
    };
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
    "sh cat echo true false sleep head tail seq dd yes ls id env kill ps stty printf wc test mount hostname ulimit md5sum sha256sum grep";
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
  return {
    config: {
      attachStdin: false,
      attachStdout: true,
      attachStderr: true,
      detachKeys: "",
      tty: false,
      env: [],
      command,
      privileged: false,
      user: "",
      workingDir: "",
      ...change,
    },
    containerConfig: defaultConfig,
    hostConfig: defaultHostConfig,
    rootfs: lab.rootfs,
    expectAttached: 0,
  };
}

export const defaultConfig: ContainerConfig = {
  Hostname: "",
  Domainname: "",
  User: "",
  AttachStdin: false,
  AttachStdout: true,
  AttachStderr: true,
  Tty: false,
  OpenStdin: false,
  StdinOnce: false,
  Env: ["PATH=/bin"],
  Cmd: null,
  Image: "test",
  Volumes: null,
  WorkingDir: "",
  Entrypoint: null,
  OnBuild: null,
  Labels: {},
};

export const defaultHostConfig: HostConfig = {
  CpuShares: 0,
  Memory: 0,
  NanoCpus: 0,
  CgroupParent: "",
  BlkioWeight: 0,
  BlkioWeightDevice: null,
  BlkioDeviceReadBps: null,
  BlkioDeviceWriteBps: null,
  BlkioDeviceReadIOps: null,
  BlkioDeviceWriteIOps: null,
  CpuPeriod: 0,
  CpuQuota: 0,
  CpuRealtimePeriod: 0,
  CpuRealtimeRuntime: 0,
  CpusetCpus: "",
  CpusetMems: "",
  Devices: null,
  DeviceCgroupRules: null,
  DeviceRequests: null,
  MemoryReservation: 0,
  MemorySwap: 0,
  MemorySwappiness: null,
  OomKillDisable: null,
  PidsLimit: null,
  Ulimits: null,
  Binds: null,
  ContainerIDFile: "",
  LogConfig: { Type: "json-file", Config: {} },
  NetworkMode: "none",
  PortBindings: {},
  RestartPolicy: { Name: "no", MaximumRetryCount: 0 },
  AutoRemove: false,
  VolumeDriver: "",
  VolumesFrom: null,
  ConsoleSize: [0, 0],
  CapAdd: null,
  CapDrop: null,
  CgroupnsMode: "host",
  Dns: [],
  DnsOptions: [],
  DnsSearch: [],
  ExtraHosts: null,
  GroupAdd: null,
  IpcMode: "private",
  Cgroup: "",
  Links: null,
  OomScoreAdj: 0,
  PidMode: "",
  Privileged: false,
  PublishAllPorts: false,
  ReadonlyRootfs: false,
  SecurityOpt: null,
  UTSMode: "",
  UsernsMode: "",
  ShmSize: 67108864,
  Runtime: "",
  Isolation: "",
  MaskedPaths: null,
  ReadonlyPaths: null,
};
