import { describe, expect, test } from "bun:test";
import {
  sampleConfig,
  sampleHost,
  sampleHostConfig,
  sampleLimits,
} from "../../../../tests/fakes/container-samples.ts";
import type { ContainerConfig, HostConfig, LogConfig } from "../../../records/container-config.ts";
import { validateContainerName } from "./container-name.ts";
import type { HostAbilities } from "./host-abilities.ts";
import { validateCreate } from "./validate-create.ts";

const create = (
  hostConfig: Partial<HostConfig>,
  config: Partial<ContainerConfig> = {},
  host: Partial<HostAbilities> = {},
) => validateCreate(sampleConfig(config), sampleHostConfig(hostConfig), sampleHost(host));

const log = (Type: string, Config: LogConfig["Config"] = {}) => ({ LogConfig: { Type, Config } });
const restart = (Name: string, MaximumRetryCount = 0) => ({
  RestartPolicy: { Name, MaximumRetryCount } as HostConfig["RestartPolicy"],
});
const port = (key: string, HostPort = "", HostIp = "") => ({
  PortBindings: { [key]: [{ HostPort, HostIp }] },
});
const device = (PathOnHost: string, PathInContainer: string, CgroupPermissions: string) => ({
  Devices: [{ PathOnHost, PathInContainer, CgroupPermissions }],
});
const ulimit = (Name: string, Soft: number, Hard: number) => ({ Ulimits: [{ Name, Soft, Hard }] });
const other = { NetworkMode: "container:x" };

describe("refused host configurations", () => {
  test.each<[Partial<HostConfig>, string]>([
    [{ NetworkMode: "container:" }, "invalid network mode: invalid container format container:<name|id>"],
    [
      { NetworkMode: "host", Links: ["a:b"] },
      "conflicting options: host type networking can't be used with links. This would result in undefined behavior",
    ],
    [
      { ...other, Links: ["a:b"] },
      "conflicting options: container type network can't be used with links. This would result in undefined behavior",
    ],
    [{ ...other, Dns: ["1.1.1.1"] }, "conflicting options: dns and the network mode"],
    [
      { ...other, ExtraHosts: ["a:1.1.1.1"] },
      "conflicting options: custom host-to-IP mapping and the network mode",
    ],
    [
      { ...other, ...port("80/tcp") },
      "conflicting options: port publishing and the container type network mode",
    ],
    [
      { ...other, PublishAllPorts: true },
      "conflicting options: port publishing and the container type network mode",
    ],
    [{ Links: ["a:b:c"] }, "bad format for links: a:b:c"],
    [{ ExtraHosts: ["foo"] }, 'bad format for add-host: "foo"'],
    [{ ExtraHosts: ["foo:1.2.3"] }, 'invalid IP address in add-host: "1.2.3"'],
    [{ Dns: ["foo"] }, "IP address is not correctly formatted: foo"],
    [{ DnsSearch: ["-x"] }, "-x is not a valid domain"],
    [{ DnsOptions: ["a b"] }, 'invalid DNS option: "a b"'],
    [port("x/tcp"), 'invalid port specification: "x/tcp"'],
    [port("80/foo"), 'invalid port specification: "80/foo"'],
    [port("0/tcp"), 'invalid port specification: "0/tcp"'],
    [port("80/tcp", "zz"), 'invalid port specification: "zz"'],
    [port("80/tcp", "70000"), 'invalid port specification: "70000"'],
    [port("80/tcp", "9-8"), 'invalid port specification: "9-8"'],
    [port("80/tcp", "80", "zz"), 'invalid IP address in port binding: "zz"'],
    [{ PidMode: "foo" }, "invalid PID mode: foo"],
    [{ IpcMode: "foo" }, "invalid IPC mode: foo"],
    [{ UTSMode: "foo" }, "invalid UTS mode: foo"],
    [{ UsernsMode: "foo" }, "invalid user namespace mode: foo"],
    [{ CgroupnsMode: "foo" as "host" }, "invalid cgroup namespace mode: foo"],
    [{ Cgroup: "container:x" }, "sharing another container's cgroup (HostConfig.Cgroup) is not supported"],
    [{ CgroupParent: "/a/../../b" }, "invalid cgroup-parent: /a/../../b"],
    [{ AutoRemove: true, ...restart("always") }, "can't create 'AutoRemove' container with restart policy"],
    [restart("always", 3), "maximum retry count can only be used with 'on-failure' or 'on-unhealthy'"],
    [
      restart("no", -3),
      "maximum retry count can only be used with 'on-failure' or 'on-unhealthy' and cannot be neg",
    ],
    [restart("on-failure", -3), "invalid restart policy: maximum retry count cannot be negative"],
    [
      restart("foo"),
      "invalid restart policy: unknown policy 'foo'; use one of 'no', 'always', 'on-failure', 'unless-stopped', or 'on-unhealthy'",
    ],
    [{ Memory: 1000 }, "Minimum memory limit allowed is 6MB"],
    [{ Memory: -5 }, "Minimum memory limit allowed is 6MB"],
    [
      { Memory: 10_000_000, MemorySwap: 5 },
      "Minimum memoryswap limit should be larger than memory limit, see usage",
    ],
    [{ MemorySwap: 5 }, "You should always set the Memory limit when using Memoryswap limit, see usage"],
    [
      { Memory: 10_000_000, MemoryReservation: 50_000_000 },
      "Minimum memory limit can not be less than memory reservation limit, see usage",
    ],
    [{ MemoryReservation: 500 }, "Minimum memory reservation allowed is 6MB"],
    [{ MemorySwappiness: 500 }, "Invalid value: 500, valid memory swappiness range is 0-100"],
    [{ NanoCpus: 5e9 }, "range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available"],
    [{ NanoCpus: -1 }, "range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available"],
    [{ NanoCpus: 1, CpuPeriod: 1000 }, "Conflicting options: Nano CPUs and CPU Period cannot both be set"],
    [{ NanoCpus: 1, CpuQuota: 1000 }, "Conflicting options: Nano CPUs and CPU Quota cannot both be set"],
    [
      { CpuPeriod: 10 },
      "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)",
    ],
    [{ CpuQuota: 10 }, "CPU cfs quota can not be less than 1ms (i.e. 1000)"],
    [{ CpuShares: -1 }, "invalid CPU shares (-1): value must be a positive integer"],
    [
      { CpuRealtimePeriod: 5, CpuRealtimeRuntime: 8 },
      "cpu real-time runtime cannot be higher than cpu real-time period",
    ],
    [{ CpusetCpus: "a" }, "Invalid value a for cpuset cpus: invalid format: a"],
    [{ CpusetCpus: "0-999999999" }, "Invalid value 0-999999999 for cpuset cpus: invalid format: 0-999999999"],
    [{ CpusetCpus: "0-9" }, "Requested CPUs are not available - requested 0-9, available: 0-1"],
    [{ CpusetMems: "1" }, "Requested memory nodes are not available - requested 1, available: 0"],
    [{ CpusetMems: "z" }, "Invalid value z for cpuset mems: invalid format: z"],
    [{ BlkioWeight: 5 }, "Range of blkio weight is from 10 to 1000"],
    [{ BlkioWeightDevice: [{ Path: "/dev/a", Weight: 5 }] }, "invalid weight for device: /dev/a:5"],
    [{ BlkioDeviceReadBps: [{ Path: "a", Rate: 5 }] }, "bad format for device path: a"],
    [{ ShmSize: -5 }, "SHM size can not be less than 0"],
    [{ OomScoreAdj: 5000 }, "Invalid value 5000, range for oom score adj is [-1000, 1000]"],
    [device("", "", "r"), 'invalid device specification: "" is not an absolute path'],
    [device("/dev/fuse", "x", "r"), 'invalid device specification: "x" is not an absolute path'],
    [device("/dev/fuse", "", "q"), "invalid device mode: q"],
    [device("/dev/fuse", "", "rr"), "invalid device mode: rr"],
    [{ DeviceCgroupRules: ["foo"] }, "invalid device cgroup rule format: 'foo'"],
    [
      { DeviceRequests: [{ Count: -1, Capabilities: [["gpu"]] }] },
      'could not select device driver "" with capabilities: [[gpu]]',
    ],
    [ulimit("foo", 1, 1), "invalid ulimit type: foo"],
    [ulimit("nofile", 3, 1), "ulimit soft limit must be less than or equal to hard limit: 3 > 1"],
    [
      ulimit("nofile", -1, 1),
      "ulimit soft limit must be less than or equal to hard limit: soft: -1 (unlimited), hard: 1",
    ],
    [{ Sysctls: { foo: "1" } }, 'sysctl "foo" is not in a separate kernel namespace'],
    [{ Sysctls: { "vm.swappiness": "1" } }, 'sysctl "vm.swappiness" is not in a separate kernel namespace'],
    [
      { NetworkMode: "host", Sysctls: { "net.core.somaxconn": "1" } },
      'sysctl "net.core.somaxconn" not allowed in host network namespace',
    ],
    [
      { IpcMode: "host", Sysctls: { "kernel.shmmax": "1" } },
      'sysctl "kernel.shmmax" not allowed in host ipc namespace',
    ],
    [{ Sysctls: { "kernel.hostname": "x" } }, "conflicts with the hostname of the container"],
    [{ SecurityOpt: ["foo=bar"] }, 'invalid --security-opt 2: "foo=bar"'],
    [{ SecurityOpt: ["foo"] }, 'invalid --security-opt 1: "foo"'],
    [{ SecurityOpt: ["no-new-privileges=foo"] }, 'invalid --security-opt 2: "no-new-privileges=foo"'],
    [{ SecurityOpt: ["seccomp=foo"] }, 'Decoding seccomp profile failed: "foo" is not JSON'],
    [{ SecurityOpt: ["seccomp=[]"] }, "Decoding seccomp profile failed: the profile is not a JSON object"],
    [{ SecurityOpt: ["writable-cgroups=true"] }, "--security-opt writable-cgroups is not supported"],
    [{ CapAdd: ["foo"] }, 'invalid CapAdd: unknown capability: "CAP_FOO"'],
    [{ CapDrop: ["cap_foo"] }, 'invalid CapDrop: unknown capability: "CAP_FOO"'],
    [
      { CapAdd: ["BPF"] },
      'capability not supported by your kernel or not available in the current environment: "CAP_BPF"',
    ],
    [
      { StorageOpt: { size: "1G" } },
      "--storage-opt is supported only for overlay over xfs with 'pquota' mount option",
    ],
    [{ StorageOpt: { foo: "1G" } }, "unknown option foo"],
    [{ Isolation: "hyperv" }, "invalid isolation (hyperv): linux only supports 'default'"],
    [{ VolumeDriver: "foo" }, 'error looking up volume plugin foo: plugin "foo" not found'],
    [{ Runtime: "foo" }, "unknown or invalid runtime name: foo"],
    [
      { Annotations: { "": "x" } },
      "invalid Annotations: the empty string is not permitted as an annotation key",
    ],
    [
      { Annotations: { "run.oci.handler": "x" } },
      'invalid Annotations: "run.oci.handler" is reserved for the engine',
    ],
    [{ Tmpfs: { a: "" } }, "invalid mount path: 'a' mount path must be absolute"],
    [{ Tmpfs: { "//": "" } }, "invalid specification: destination can't be '/'"],
  ])("%j: %s", (hostConfig, message) => {
    expect(() => create(hostConfig)).toThrow(message);
  });
});

describe("refused log configurations", () => {
  test.each<[ReturnType<typeof log>, string]>([
    [log("foo"), 'error looking up logging plugin foo: plugin "foo" not found'],
    [log("syslog"), "log driver 'syslog' is not supported, use one of json-file, local, none"],
    [log("json-file", { x: "y" }), "unknown log opt 'x' for json-file log driver"],
    [log("local", { tag: "y" }), "unknown log opt 'tag' for log driver local"],
    [log("local", { mode: "foo" }), "logger: logging mode not supported: foo"],
    [
      log("json-file", { "max-buffer-size": "1m" }),
      "logger: max-buffer-size option is only supported with 'mode=non-blocking'",
    ],
    [log("json-file", { "max-size": "y" }), "invalid value for max-size: invalid size: 'y'"],
    [log("json-file", { "max-size": "0" }), "max-size must be a positive number"],
    [log("json-file", { "max-file": "0" }), "max-file cannot be less than 1"],
    [log("json-file", { "max-file": "y" }), 'strconv.Atoi: parsing "y": invalid syntax'],
    [log("json-file", { compress: "y" }), "invalid boolean value for compress"],
    [
      log("json-file", { compress: "true", "max-file": "1" }),
      "compress cannot be true when max-file is less than 2",
    ],
    [log("json-file", { "env-regex": "(" }), "invalid value for log opt 'env-regex'"],
  ])("%j: %s", (hostConfig, message) => {
    expect(() => create(hostConfig)).toThrow(message);
  });
});

describe("refused container configurations", () => {
  test.each<[Partial<ContainerConfig>, string]>([
    [{ WorkingDir: "rel" }, "the working directory 'rel' is invalid, it needs to be an absolute path"],
    [{ StopSignal: "foo" }, "invalid signal: foo"],
    [{ Env: ["ok", "=x"] }, "invalid environment variable: =x"],
    [{ Env: [""] }, "invalid environment variable: "],
    [{ Hostname: "a".repeat(65) }, "is too long (maximum 64 bytes)"],
    [{ Hostname: "a b" }, "invalid hostname format: a b"],
    [{ Domainname: "a\nb" }, "invalid domainname format: a\nb"],
    [{ ExposedPorts: { x: {} } }, 'invalid port specification: "x"'],
    [{ ExposedPorts: { "80/foo": {} } }, 'invalid port specification: "80/foo"'],
    [{ ExposedPorts: { "70000/tcp": {} } }, 'invalid port specification: "70000/tcp"'],
    [{ Healthcheck: { Interval: 1 } }, "Interval in Healthcheck cannot be less than 1ms"],
    [{ Healthcheck: { Timeout: 1 } }, "Timeout in Healthcheck cannot be less than 1ms"],
    [{ Healthcheck: { StartPeriod: -1 } }, "StartPeriod in Healthcheck cannot be less than 1ms"],
    [{ Healthcheck: { StartInterval: 1 } }, "StartInterval in Healthcheck cannot be less than 1ms"],
    [{ Healthcheck: { Retries: -1 } }, "Retries in Healthcheck cannot be negative"],
    [{ Healthcheck: { Test: ["FOO"] } }, 'Test in Healthcheck: unknown type "FOO"'],
    [{ Healthcheck: { Test: ["CMD"] } }, "Test in Healthcheck: missing command after CMD"],
    [{ Healthcheck: { Test: ["HTTP", "http://x"] } }, 'Test in Healthcheck: unknown type "HTTP"'],
  ])("%j: %s", (config, message) => {
    expect(() => create({}, config)).toThrow(message);
  });

  test("names that a shared namespace has already", () => {
    expect(() => create(other, { Hostname: "h" })).toThrow(
      "conflicting options: hostname and the network mode",
    );
    expect(() => create({ UTSMode: "host" }, { Hostname: "h" })).toThrow(
      "conflicting options: hostname and the UTS mode",
    );
    expect(() => create(other, { ExposedPorts: { "80/tcp": {} } })).toThrow(
      "conflicting options: port exposing and the container type network mode",
    );
  });
});

describe("accepted", () => {
  test.each<Partial<HostConfig>>([
    { NetworkMode: "mine", Links: ["a", "b:c", "/d:/me/e"] },
    { ExtraHosts: ["a:host-gateway", "b:::1", "c:10.0.0.1"], Dns: ["::1"], DnsSearch: [".", "a_b.example."] },
    port("80/tcp", "8000-8010", "::"),
    port("53/udp", "0"),
    { PidMode: "container:x", IpcMode: "container:x", UTSMode: "host", UsernsMode: "host" },
    { AutoRemove: true },
    restart("on-unhealthy", 3),
    { Memory: 6 * 1024 * 1024, MemorySwap: -1, MemoryReservation: 6 * 1024 * 1024, MemorySwappiness: 0 },
    { NanoCpus: 2e9, CpusetCpus: "0,1", CpusetMems: "0" },
    { CpuPeriod: 100_000, CpuQuota: -1, CpuShares: 2 },
    { BlkioWeight: 10, BlkioWeightDevice: [{ Path: "/dev/sda", Weight: 1000 }] },
    { DeviceCgroupRules: ["c 1:* rwm"], ...ulimit("nofile", 1, -1) },
    { Sysctls: { "net.ipv4.ip_forward": "1", "kernel.shmmax": "1", "fs.mqueue.msg_max": "1" } },
    { Sysctls: { "kernel.domainname": "x" } },
    {
      SecurityOpt: [
        "seccomp=unconfined",
        "apparmor:unconfined",
        "no-new-privileges:true",
        'seccomp={"a":"b=c"}',
      ],
    },
    { CapAdd: ["all"], CapDrop: ["net_admin", "CAP_CHOWN"] },
    { Isolation: "Default", VolumeDriver: "local", Runtime: "crun", Annotations: { "org.example.x": "y" } },
    {
      ...log("json-file", {
        "max-size": "10m",
        "max-file": "3",
        tag: "{{.ID}}",
        labels: "a,b",
        mode: "blocking",
      }),
    },
  ])("%j", (hostConfig) => {
    expect(create(hostConfig).warnings).toEqual([]);
  });

  test("health checks", () => {
    for (const Test of [[], ["NONE"], ["CMD", "a"], ["CMD-SHELL", "a b"], ["CMD", "http://localhost/"]]) {
      expect(create({}, { Healthcheck: { Test, Interval: 1e6 } }).warnings).toEqual([]);
    }
  });
});

describe("defaults filled in", () => {
  test("of the engine", () => {
    expect(create({ NetworkMode: "default" }).hostConfig).toMatchObject({
      NetworkMode: "bridge",
      ShmSize: 67_108_864,
      IpcMode: "private",
      CgroupnsMode: "private",
      Runtime: "runc",
      OomKillDisable: false,
      LogConfig: { Type: "json-file", Config: { "max-size": "10m" } },
      RestartPolicy: { Name: "no", MaximumRetryCount: 0 },
      MaskedPaths: ["/proc/kcore"],
      ReadonlyPaths: ["/proc/sys"],
      SecurityOpt: null,
    });
  });

  test("swap is twice the memory, a limit of no processes is none", () => {
    expect(create({ Memory: 10_000_000 }).hostConfig.MemorySwap).toBe(20_000_000);
    expect(create({ PidsLimit: -1 }).hostConfig.PidsLimit).toBeNull();
    expect(create({ MemorySwappiness: -1 }).hostConfig.MemorySwappiness).toBeNull();
  });

  test("privileged: nothing masked, the host's cgroups on v1", () => {
    const privileged = { Privileged: true };
    expect(create(privileged).hostConfig).toMatchObject({ MaskedPaths: null, CgroupnsMode: "private" });
    expect(create(privileged, {}, { cgroupVersion: 1 }).hostConfig.CgroupnsMode).toBe("host");
  });

  test("labels are off where namespaces of the host are shared, unless the user speaks of labels", () => {
    expect(create({ PidMode: "host", SecurityOpt: ["no-new-privileges"] }).hostConfig.SecurityOpt).toEqual([
      "no-new-privileges",
      "label=disable",
    ]);
    expect(create({ Privileged: true, SecurityOpt: ["label=disable"] }).hostConfig.SecurityOpt).toEqual([
      "label=disable",
    ]);
  });

  test("empty lists of masked paths stay empty (systempaths=unconfined)", () => {
    expect(create({ MaskedPaths: [], ReadonlyPaths: [] }).hostConfig).toMatchObject({
      MaskedPaths: [],
      ReadonlyPaths: [],
    });
  });

  test("a log driver of one's own does not inherit the engine's options", () => {
    expect(create(log("local")).hostConfig.LogConfig).toEqual({ Type: "local", Config: {} });
    expect(create(log("", { "max-file": "2" })).hostConfig.LogConfig).toEqual({
      Type: "json-file",
      Config: { "max-size": "10m", "max-file": "2" },
    });
  });

  test("a device without path inside or permissions", () => {
    expect(create(device("/dev/fuse", "", "")).hostConfig.Devices).toEqual([
      { PathOnHost: "/dev/fuse", PathInContainer: "/dev/fuse", CgroupPermissions: "rwm" },
    ]);
  });

  test("the working directory is tidied", () => {
    expect(create({}, { WorkingDir: "/a//b/../c/" }).config.WorkingDir).toBe("/a/c");
    expect(create({}, { WorkingDir: "/" }).config.WorkingDir).toBe("/");
  });
});

describe("warnings", () => {
  const can = (limits: Partial<HostAbilities["limits"]>) => ({ limits: sampleLimits(limits) });

  test("what the kernel cannot limit is dropped", () => {
    const noMemory = create({ Memory: 10_000_000, MemorySwap: 20_000_000 }, {}, can({ memory: false }));
    expect(noMemory.hostConfig).toMatchObject({ Memory: 0, MemorySwap: -1 });
    expect(noMemory.warnings).toEqual([
      "Your kernel does not support memory limit capabilities or the cgroup is not mounted. Limitation discarded.",
    ]);
    const noSwap = create({ Memory: 10_000_000 }, {}, can({ swap: false }));
    expect(noSwap.hostConfig.MemorySwap).toBe(-1);
    expect(noSwap.warnings).toHaveLength(1);
    const noWeight = create({ BlkioWeight: 5 }, {}, can({ blkioWeight: false }));
    expect(noWeight.hostConfig.BlkioWeight).toBe(0);
    expect(noWeight.warnings).toEqual([
      "Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded.",
    ]);
    const noRate = create(
      { BlkioDeviceWriteIOps: [{ Path: "/dev/a", Rate: 1 }] },
      {},
      can({ blkioWriteIops: false }),
    );
    expect(noRate.hostConfig.BlkioDeviceWriteIOps).toEqual([]);
    expect(noRate.warnings).toEqual([
      "Your kernel does not support IOPS Block write limit or the cgroup is not mounted. Block I/O IOPS write limit discarded.",
    ]);
    expect(
      create({ CpuShares: 5, CpuQuota: 5000 }, {}, can({ cpuShares: false, cpuCfs: false })).hostConfig,
    ).toMatchObject({
      CpuShares: 0,
      CpuQuota: 0,
    });
    expect(create({ PidsLimit: 5 }, {}, can({ pids: false })).hostConfig.PidsLimit).toBeNull();
    expect(create({ CpusetCpus: "77" }, {}, can({ cpuset: false })).hostConfig.CpusetCpus).toBe("");
    expect(
      create({ MemorySwappiness: 5 }, {}, can({ memorySwappiness: false })).hostConfig.MemorySwappiness,
    ).toBeNull();
  });

  test("the OOM killer off without a limit, or not possible", () => {
    expect(create({ OomKillDisable: true }).warnings[0]).toStartWith(
      "OOM killer is disabled for the container",
    );
    const cannot = create({ OomKillDisable: true }, {}, can({ oomKillDisable: false }));
    expect(cannot.hostConfig.OomKillDisable).toBeNull();
    expect(cannot.warnings).toEqual([
      "Your kernel does not support OomKillDisable. OomKillDisable discarded.",
    ]);
    expect(create({ OomKillDisable: false }, {}, can({ oomKillDisable: false })).warnings).toEqual([]);
  });

  test("network, logs and labels that will not have an effect", () => {
    expect(create({ NetworkMode: "host", ...port("80/tcp", "80") }).warnings).toEqual([
      "Published ports are discarded when using host network mode",
    ]);
    expect(create({}, {}, { ipv4Forwarding: false }).warnings).toEqual([
      "IPv4 forwarding is disabled. Networking will not work.",
    ]);
    expect(create(log("none", { "max-size": "1m" })).warnings).toHaveLength(1);
    expect(create(log("local", { mode: "non-blocking", "max-buffer-size": "4m" })).warnings).toHaveLength(1);
    expect(create({ SecurityOpt: ["apparmor=mine", "label=type:x"] }).warnings).toHaveLength(2);
    expect(create({ SecurityOpt: ["apparmor=mine"] }, {}, { appArmor: true }).warnings).toEqual([]);
    expect(create({ CgroupnsMode: "private" }, {}, { cgroupNamespaces: false }).hostConfig.CgroupnsMode).toBe(
      "host",
    );
  });
});

test("container names", () => {
  for (const name of ["ab", "a1_.-", "9z"]) validateContainerName(name);
  for (const name of ["", "a", "_x", "-x", "a/b", "ä1", "a b", "ab\n"]) {
    expect(() => validateContainerName(name)).toThrow(
      `Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`,
    );
  }
});
