import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RuntimeSpec } from "../../oci/runtime-spec.ts";
import type { ContainerConfig, HostConfig } from "../../records/container-config.ts";
import type { ContainerId } from "../../records/container-record.ts";
import type { NamespaceChoice, TaskOptions } from "../runtime.ts";
import { allCapabilities } from "./capabilities.ts";
import { type HostFacts, planSpec, specText } from "./plan-spec.ts";

const fixtures = join(import.meta.dir, "../../../tests/fixtures/runtime-spec");

interface Fixture {
  readonly inspect: {
    readonly Id: ContainerId;
    readonly Path: string;
    readonly Args: readonly string[];
    readonly Config: ContainerConfig;
    readonly HostConfig: HostConfig;
  };
  readonly spec: RuntimeSpec;
}

function facts(change: Partial<HostFacts> = {}): HostFacts {
  return {
    capabilities: allCapabilities,
    cgroups: {
      version: 1,
      memory: true,
      swap: true,
      swappiness: true,
      oomKillDisable: true,
      cpuQuota: true,
      cpuRealtime: true,
      cpuset: true,
      pids: true,
      blkioWeight: true,
      blkioWeightDevice: true,
      blkioThrottle: true,
    },
    accounts: { passwd: "", group: "" },
    devices: [],
    deviceNumber: () => ({ major: 8, minor: 0 }),
    apparmor: { enabled: false, defaultLoaded: false },
    selinux: false,
    seccomp: (wish) =>
      wish.kind === "unconfined" ? undefined : { defaultAction: "SCMP_ACT_ERRNO", syscalls: [] },
    kernelHas: () => true,
    hardLimit: () => undefined,
    lowestOomScore: -1000,
    initPath: "/usr/bin/docker-init",
    ...change,
  };
}

function optionsOf({ inspect, spec }: Fixture): TaskOptions {
  const { Config, HostConfig } = inspect;
  const choose = (mode: string): NamespaceChoice => (mode === "host" ? { kind: "host" } : { kind: "new" });
  const wasEngines = (destination: string) => /^\/etc\/|^\/run$/.test(destination);
  return {
    id: inspect.Id,
    config: Config,
    hostConfig: HostConfig,
    command: [inspect.Path, ...inspect.Args],
    env: spec.process.env,
    rootfs: spec.root.path,
    mounts: spec.mounts.filter(({ destination }) => wasEngines(destination)),
    hostname: Config.Hostname,
    namespaces: {
      network: choose(HostConfig.NetworkMode),
      pid: choose(HostConfig.PidMode),
      ipc: choose(HostConfig.IpcMode),
      uts: choose(HostConfig.UTSMode),
      cgroup: { kind: "host" },
    },
    runtime: "",
    log: { driver: "none", path: "", maxBytes: 0, maxFiles: 1, compress: false, attrs: "" },
    expectAttached: 0,
    init: HostConfig.Init === true,
    warn: () => undefined,
  };
}

/**
 * What differs on purpose: zero limits and the -1 of wildcards are left out, newer Docker's
 * longer list of masked paths, our cgroup parent, the places of the engines' own files; and
 * the host's network is the one not listed, where Docker lists it by path.
 */
function comparable(spec: RuntimeSpec) {
  const { memory, cpu, blockIO, pids, devices } = spec.linux.resources;
  const nonZero = (value: object | undefined) =>
    Object.fromEntries(Object.entries(value ?? {}).filter(([, part]) => part !== 0 && part !== false));
  return {
    process: {
      ...spec.process,
      env: undefined,
      rlimits: spec.process.rlimits ?? [],
      capabilities: {
        bounding: [...(spec.process.capabilities?.bounding ?? [])].sort(),
        effective: [...(spec.process.capabilities?.effective ?? [])].sort(),
        permitted: [...(spec.process.capabilities?.permitted ?? [])].sort(),
      },
    },
    hostname: spec.hostname,
    readonlyRoot: spec.root.readonly ?? false,
    mounts: spec.mounts
      .filter(({ destination }) => !destination.startsWith("/etc/"))
      .map((mount) => ({ ...mount, options: [...mount.options].sort() }))
      .sort((a, b) => a.destination.localeCompare(b.destination)),
    sysctl: spec.linux.sysctl ?? {},
    resources: {
      memory: nonZero(memory),
      cpu: nonZero(cpu),
      blockIO: nonZero(blockIO),
      pids,
      devices: devices.map(withoutWildcards),
    },
    namespaces: spec.linux.namespaces
      .filter(({ type, path }) => type !== "network" || !path?.endsWith("/netns/default"))
      .map(({ type }) => type)
      .sort(),
    readonlyPaths: spec.linux.readonlyPaths ?? [],
    masks: (spec.linux.maskedPaths ?? []).length > 0,
    seccomp: spec.linux.seccomp !== undefined,
    devices: spec.linux.devices ?? [],
  };
}

const withoutWildcards = (rule: object) =>
  Object.fromEntries(Object.entries(rule).filter(([, part]) => part !== -1));

describe("planSpec plans what dockerd plans", () => {
  for (const file of readdirSync(fixtures).filter((name) => name.endsWith(".json"))) {
    test(file, () => {
      const fixture: Fixture = JSON.parse(readFileSync(join(fixtures, file), "utf8"));
      const devices = (fixture.spec.linux.devices ?? []).map((device) => ({ device, access: "r" }));
      const planned = planSpec(optionsOf(fixture), facts({ devices }));
      expect(comparable(planned)).toEqual(comparable(fixture.spec));
    });
  }
});

describe("planSpec", () => {
  const plain: Fixture = JSON.parse(readFileSync(join(fixtures, "plain.json"), "utf8"));
  const base = optionsOf(plain);
  const plan = (
    host: Partial<HostConfig>,
    change: Partial<HostFacts> = {},
    task: Partial<TaskOptions> = {},
  ) => planSpec({ ...base, ...task, hostConfig: { ...base.hostConfig, ...host } }, facts(change));

  test("puts containers below /hull, or below the parent asked for, never above it", () => {
    expect(plan({}).linux.cgroupsPath).toBe(`/hull/${base.id}`);
    expect(plan({ CgroupParent: "/a/../../b/" }).linux.cgroupsPath).toBe(`/a/b/${base.id}`);
  });

  test("privileged lifts every protection but a profile asked for by name", () => {
    const spec = plan({ Privileged: true });
    expect(spec.linux.seccomp).toBeUndefined();
    expect(spec.linux.maskedPaths).toBeUndefined();
    expect(spec.linux.readonlyPaths).toBeUndefined();
    expect(spec.process.capabilities?.bounding).toEqual([...allCapabilities]);
    expect(spec.linux.resources.devices).toEqual([{ allow: true, access: "rwm" }]);
    for (const path of ["/sys", "/sys/fs/cgroup"]) {
      expect(spec.mounts.find((mount) => mount.destination === path)?.options).not.toContain("ro");
    }
    expect(plan({ Privileged: true, SecurityOpt: ['seccomp={"x":1}'] }).linux.seccomp).toBeDefined();
  });

  test("refuses what steers the runtime itself", () => {
    expect(() => plan({ Annotations: { "run.oci.handler": "x" } })).toThrow("reserved");
    expect(plan({ Annotations: { "com.example": "x" } }).annotations).toEqual({ "com.example": "x" });
  });

  test("refuses GPUs in Docker's words", () => {
    const request = { Driver: "", Count: -1, Capabilities: [["gpu"]] };
    expect(() => plan({ DeviceRequests: [request] })).toThrow(
      'could not select device driver "" with capabilities: [[gpu]]',
    );
  });

  test("refuses an AppArmor profile where there is no AppArmor, and takes it where there is", () => {
    expect(() => plan({ SecurityOpt: ["apparmor=mine"] })).toThrow("AppArmor is not enabled");
    const enabled = { apparmor: { enabled: true, defaultLoaded: true } };
    expect(plan({ SecurityOpt: ["apparmor=mine"] }, enabled).process.apparmorProfile).toBe("mine");
    expect(plan({}, enabled).process.apparmorProfile).toBe("docker-default");
    expect(plan({ Privileged: true }, enabled).process.apparmorProfile).toBe("unconfined");
  });

  test("refuses security options that do not exist, in Docker's words", () => {
    expect(() => plan({ SecurityOpt: ["foo=bar"] })).toThrow('invalid --security-opt 2: "foo=bar"');
    expect(() => plan({ SecurityOpt: ["foo"] })).toThrow('invalid --security-opt 1: "foo"');
    expect(() => plan({ CapAdd: ["foo"] })).toThrow('invalid CapAdd: unknown capability: "CAP_FOO"');
  });

  test("a mount of the user's own takes the place of a standard one", () => {
    const mine = { destination: "/dev", type: "bind", source: "/dev", options: ["rbind"] };
    const spec = plan({}, {}, { mounts: [mine] });
    expect(spec.mounts.filter(({ destination }) => destination.startsWith("/dev"))).toEqual([mine]);
  });

  test("the root is as open to propagation as its mounts need", () => {
    const mount = (option: string) => [
      { destination: "/m", type: "bind", source: "/m", options: ["rbind", option] },
    ];
    expect(plan({}, {}, { mounts: mount("rprivate") }).linux.rootfsPropagation).toBeUndefined();
    expect(plan({}, {}, { mounts: mount("rslave") }).linux.rootfsPropagation).toBe("rslave");
    expect(plan({}, {}, { mounts: mount("rshared") }).linux.rootfsPropagation).toBe("shared");
  });

  test("who joins an IPC namespace gets the /dev/shm that comes with it", () => {
    const namespaces = { ...base.namespaces, ipc: { kind: "path", path: "/proc/77/ns/ipc" } as const };
    const mine = { destination: "/dev/shm", type: "bind", source: "/run/shm-of-77", options: ["rbind"] };
    const spec = plan({}, {}, { namespaces, mounts: [mine] });
    expect(spec.mounts.filter(({ destination }) => destination === "/dev/shm")).toEqual([mine]);
    expect(spec.linux.namespaces).toContainEqual({ type: "ipc", path: "/proc/77/ns/ipc" });
  });

  test("what the engine may not raise is cut down and said", () => {
    const said: string[] = [];
    const spec = plan(
      { Ulimits: [{ Name: "nofile", Soft: 50, Hard: 5000 }], OomScoreAdj: -500 },
      { hardLimit: () => 1000, lowestOomScore: 0 },
      { warn: (message) => said.push(message) },
    );
    expect(spec.process.rlimits).toEqual([{ type: "RLIMIT_NOFILE", soft: 50, hard: 1000 }]);
    expect(spec.process.oomScoreAdj).toBe(0);
    expect(said.length).toBe(2);
  });

  test("unlimited ulimits are written as the specification's largest number", () => {
    const spec = plan({ Ulimits: [{ Name: "core", Soft: -1, Hard: -1 }] });
    expect(specText(spec)).toContain('"soft":18446744073709551615,"hard":18446744073709551615');
  });

  test("limits that the kernel cannot keep are left out with Docker's warning", () => {
    const said: string[] = [];
    const none = { ...facts().cgroups, memory: false, pids: false, blkioWeight: false };
    const spec = plan(
      { Memory: 1e8, PidsLimit: 5, BlkioWeight: 100 },
      { cgroups: none },
      { warn: (message) => said.push(message) },
    );
    expect(Object.keys(spec.linux.resources)).toEqual(["devices"]);
    expect(said.length).toBe(3);
    expect(said.every((message) => message.startsWith("Your kernel does not support"))).toBe(true);
  });
});
