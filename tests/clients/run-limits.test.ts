import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import type { ContainerStatsResponse } from "../../src/protocol/generated/types.ts";
import { clientEngine, hullOnly, onReference } from "../setup/client-engine.ts";
import { until } from "../setup/until.ts";

const hull = clientEngine();
const mib = 1024 * 1024;
const v1 = existsSync("/sys/fs/cgroup/memory/memory.limit_in_bytes");
const swapCounted = !v1 || existsSync("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes");
const blkioWeight = existsSync("/sys/fs/cgroup/blkio/blkio.weight");

describe("memory", () => {
  test.concurrent("-m, --memory-swap and --memory-reservation reach the cgroup", async () => {
    const name = await hull.sleeper(
      ...(["mem", "-m", "64m", "--memory-swap", "96m", "--memory-reservation", "32m"] as const),
    );
    const file = (old: string, unified: string) => hull.cgroupFile(name, "memory", old, unified);
    expect(await file("memory.limit_in_bytes", "memory.max")).toBe(String(64 * mib));
    expect(await file("memory.soft_limit_in_bytes", "memory.low")).toBe(String(32 * mib));
    if (swapCounted) {
      const swap = v1 ? 96 * mib : 32 * mib;
      expect(await file("memory.memsw.limit_in_bytes", "memory.swap.max")).toBe(String(swap));
    }
    expect((await hull.inspect(name)).HostConfig).toMatchObject({
      Memory: 64 * mib,
      MemorySwap: 96 * mib,
      MemoryReservation: 32 * mib,
    });
    await hull.remove(name);
  });

  test.concurrent("-m alone gives as much swap again", async () => {
    const name = hull.name("memonly");
    await hull.ok("create", "-m", "64m", "--name", name, "busybox");
    expect((await hull.inspect(name)).HostConfig?.MemorySwap).toBe(swapCounted ? 128 * mib : -1);
    await hull.remove(name);
  });

  test.concurrent("memory limits that make no sense are refused", async () => {
    const refused = (...options: string[]) => hull.fails(1, "create", ...options, "busybox");
    expect(await refused("-m", "5m")).toContain("Minimum memory limit allowed is 6MB");
    expect(await refused("-m", "64m", "--memory-swap", "32m")).toContain(
      "Minimum memoryswap limit should be larger than memory limit, see usage",
    );
    expect(await refused("--memory-swap", "32m")).toContain(
      "You should always set the Memory limit when using Memoryswap limit, see usage",
    );
    expect(await refused("-m", "32m", "--memory-reservation", "64m")).toContain(
      "Minimum memory limit can not be less than memory reservation limit, see usage",
    );
  });

  test.concurrent("a container killed for memory says so", async () => {
    const name = hull.name("oom");
    const hog = "tail /dev/zero";
    const result = await hull.docker(
      "run",
      "--name",
      name,
      "-m",
      "12m",
      "busybox",
      "sh",
      "-c",
      `exec ${hog}`,
    );
    expect(result.code).toBe(137);
    if (!onReference) expect(result.err).toMatch(/out of memory|memory limit/i);
    await until("the kill for memory is known", async () => (await hull.state(name)).OOMKilled);
    expect(await hull.state(name)).toMatchObject({ ExitCode: 137, OOMKilled: true, Status: "exited" });
    await hull.remove(name);
  });

  test.concurrent("--oom-kill-disable and --oom-score-adj", async () => {
    const disable = v1 ? ["--oom-kill-disable", "-m", "32m"] : [];
    const name = await hull.sleeper("oomkill", "--oom-score-adj", "500", ...disable);
    expect(readFileSync(`/proc/${await hull.pid(name)}/oom_score_adj`, "utf8").trim()).toBe("500");
    if (v1) {
      expect(await hull.cgroupFile(name, "memory", "memory.oom_control", "")).toContain("oom_kill_disable 1");
    }
    await hull.remove(name);
    expect(await hull.fails(1, "create", "--oom-score-adj", "1001", "busybox")).toContain(
      "Invalid value 1001, range for oom score adj is [-1000, 1000]",
    );
  });
});

describe("processors", () => {
  test.concurrent("--cpus, --cpu-shares and --cpuset-cpus", async () => {
    const name = await hull.sleeper("cpu", "--cpus", "0.5", "--cpu-shares", "512", "--cpuset-cpus", "0");
    const quota = await hull.cgroupFile(name, "cpu", "cpu.cfs_quota_us", "cpu.max");
    expect(quota).toBe(v1 ? "50000" : "50000 100000");
    if (v1) expect(await hull.cgroupFile(name, "cpu", "cpu.shares", "")).toBe("512");
    else expect(await hull.cgroupFile(name, "cpu", "", "cpu.weight")).toBe("20");
    expect(await hull.cgroupFile(name, "cpuset", "cpuset.cpus", "cpuset.cpus")).toBe("0");
    expect(await hull.shell(name, "nproc")).toBe("1");
    expect((await hull.inspect(name)).HostConfig).toMatchObject({
      NanoCpus: 500_000_000,
      CpuShares: 512,
      CpusetCpus: "0",
    });
    await hull.remove(name);
  });

  test.concurrent("--cpu-period and --cpu-quota", async () => {
    const name = await hull.sleeper("quota", "--cpu-period", "50000", "--cpu-quota", "20000");
    const quota = await hull.cgroupFile(name, "cpu", "cpu.cfs_quota_us", "cpu.max");
    expect(quota).toBe(v1 ? "20000" : "20000 50000");
    await hull.remove(name);
  });

  test.concurrent("processor wishes that cannot be met are refused", async () => {
    const refused = (...options: string[]) => hull.fails(1, "create", ...options, "busybox");
    const { length } = (await import("node:os")).cpus();
    expect(await refused("--cpus", "1000")).toMatch(
      new RegExp(
        `[Rr]ange of CPUs is from 0\\.01 to ${length}\\.00, as there are only ${length} CPUs available`,
      ),
    );
    expect(await refused("--cpuset-cpus", "900")).toContain(
      "Requested CPUs are not available - requested 900, available:",
    );
    expect(await refused("--cpuset-cpus", "a-b")).toContain("Invalid value a-b for cpuset cpus");
    expect(await refused("--cpu-period", "10")).toContain(
      "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)",
    );
    expect(await refused("--cpu-quota", "10")).toContain(
      "CPU cfs quota can not be less than 1ms (i.e. 1000)",
    );
    expect(await refused("--cpus", "1", "--cpu-quota", "10000")).toMatch(
      /Conflicting options: Nano ?CPUs and CPU Quota cannot both be set/,
    );
  });
});

describe("processes and files", () => {
  test.concurrent("--pids-limit holds", async () => {
    const name = await hull.sleeper("pids", "--pids-limit", "20");
    expect(await hull.cgroupFile(name, "pids", "pids.max", "pids.max")).toBe("20");
    const fork = await hull.docker(
      ...["exec", name, "sh", "-c", "for i in $(seq 40); do sleep 5 & done; echo all"],
    );
    expect(fork.err).toContain("can't fork");
    await hull.remove(name);
  });

  test.concurrent("--ulimit", async () => {
    expect(await hull.once(["--ulimit", "nofile=200:300"], "ulimit -Sn; ulimit -Hn")).toBe("200\n300");
    expect(await hull.once(["--ulimit", "core=0", "--ulimit", "nproc=77"], "ulimit -c; ulimit -u")).toMatch(
      /^0\n/,
    );
    expect(await hull.fails(125, "run", "--rm", "--ulimit", "nosuch=1", "busybox", "true")).toContain(
      "invalid ulimit type: nosuch",
    );
  });
});

describe("block devices", () => {
  const device = readFileSync("/proc/partitions", "utf8")
    .split("\n")
    .slice(2)
    .map((line) => line.trim().split(/\s+/))
    .find(([major, minor, , name]) => major && minor === "0" && name && existsSync(`/dev/${name}`));
  const path = `/dev/${device?.[3]}`;

  test.concurrent("--device-read-bps and its like", async () => {
    if (!device) return;
    const name = await hull.sleeper(
      ...(["blk", "--device-read-bps", `${path}:1mb`, "--device-write-iops", `${path}:100`] as const),
    );
    const number = `${device[0]}:${device[1]}`;
    const read = await hull.cgroupFile(name, "blkio", "blkio.throttle.read_bps_device", "io.max");
    expect(read).toContain(v1 ? `${number} ${mib}` : `${number} rbps=${mib}`);
    const write = await hull.cgroupFile(name, "blkio", "blkio.throttle.write_iops_device", "io.max");
    expect(write).toContain(v1 ? `${number} 100` : "wiops=100");
    expect((await hull.inspect(name)).HostConfig?.BlkioDeviceReadBps).toEqual([{ Path: path, Rate: mib }]);
    await hull.remove(name);
  });

  test.concurrent("--blkio-weight", async () => {
    if (blkioWeight) {
      expect(await hull.fails(1, "create", "--blkio-weight", "5", "busybox")).toContain(
        "Range of blkio weight is from 10 to 1000",
      );
    }
    const name = hull.name("weight");
    const created = await hull.docker("create", "--name", name, "--blkio-weight", "300", "busybox");
    expect(created.code).toBe(0);
    if (v1 && !blkioWeight) {
      expect(created.err).toContain(
        "Your kernel does not support Block I/O weight or the cgroup is not mounted",
      );
    }
    await hull.remove(name);
  });

  test.concurrent("a device that is not there is refused", async () => {
    const error = await hull.fails(
      127,
      ...["run", "--rm", "--device-read-bps", "/dev/nosuchdevice:1mb", "busybox", "true"],
    );
    expect(error).toContain("/dev/nosuchdevice");
  });
});

describe("docker update", () => {
  test.concurrent("changes a running container", async () => {
    const name = await hull.sleeper("update", "-m", "64m", "--memory-swap", "64m");
    expect(
      await hull.ok(
        ...["update", "-m", "80m", "--memory-swap", "80m", "--cpus", "0.25", "--pids-limit", "33", name],
      ),
    ).toBe(name);
    expect(await hull.cgroupFile(name, "memory", "memory.limit_in_bytes", "memory.max")).toBe(
      String(80 * mib),
    );
    expect(await hull.cgroupFile(name, "cpu", "cpu.cfs_quota_us", "cpu.max")).toMatch(/^25000/);
    expect(await hull.cgroupFile(name, "pids", "pids.max", "pids.max")).toBe("33");
    expect((await hull.inspect(name)).HostConfig).toMatchObject({
      Memory: 80 * mib,
      NanoCpus: 250_000_000,
      PidsLimit: 33,
    });
    await hull.ok("update", "--pids-limit", "-1", name);
    expect(await hull.cgroupFile(name, "pids", "pids.max", "pids.max")).toBe("max");
    await hull.ok("update", "--restart", "on-failure:3", name);
    expect((await hull.inspect(name)).HostConfig?.RestartPolicy).toEqual({
      Name: "on-failure",
      MaximumRetryCount: 3,
    });
    expect(await hull.fails(1, "update", "-m", "1m", name)).toContain("Minimum memory limit allowed is 6MB");
    await hull.remove(name);
  });

  test.concurrent("changes a stopped container for its next start", async () => {
    const name = hull.name("updatestopped");
    await hull.ok("create", "--name", name, "busybox", "sleep", "3600");
    await hull.ok("update", "-m", "50m", "--memory-swap", "-1", name);
    await hull.ok("start", name);
    expect(await hull.cgroupFile(name, "memory", "memory.limit_in_bytes", "memory.max")).toBe(
      String(50 * mib),
    );
    await hull.remove(name);
    expect(await hull.fails(1, "update", "-m", "50m", "nosuchcontainer")).toContain(
      "No such container: nosuchcontainer",
    );
  });

  hullOnly("Docker cannot change labels")("changes labels", async () => {
    const name = hull.name("relabel");
    await hull.ok("create", "--name", name, "--label", "a=1", "--label", "b=2", "busybox");
    await hull.json("POST", `/containers/${name}/update`, { Labels: { a: "9", c: "3" } });
    expect((await hull.inspect(name)).Config?.Labels).toMatchObject({ a: "9", c: "3" });
    await hull.remove(name);
  });
});

describe("looking at what runs", () => {
  test.concurrent("docker stats", async () => {
    const name = await hull.sleeper("stats", "-m", "64m", "--pids-limit", "50");
    const line = await hull.ok(
      ...[
        "stats",
        "--no-stream",
        "--format",
        "{{.Name}}|{{.CPUPerc}}|{{.MemUsage}}|{{.MemPerc}}|{{.NetIO}}|{{.BlockIO}}|{{.PIDs}}",
        name,
      ],
    );
    const [shown, cpu, memory, percent, net, block, pids] = line.split("|");
    expect(shown).toBe(name);
    expect(cpu).toMatch(/^\d+\.\d\d%$/);
    expect(memory).toMatch(/^[\d.]+[KM]iB \/ 64MiB$/);
    expect(percent).toMatch(/^\d+\.\d\d%$/);
    expect(net).toMatch(/^[\d.]+k?M?B \/ [\d.]+k?B$/);
    expect(block).toMatch(/^[\d.]+k?M?B \/ [\d.]+k?M?B$/);
    expect(Number(pids)).toBeGreaterThanOrEqual(2);
    const one = await hull.json<ContainerStatsResponse>(
      "GET",
      `/containers/${name}/stats?stream=0&one-shot=1`,
    );
    expect(one.memory_stats?.limit).toBe(64 * mib);
    expect(one.memory_stats?.usage).toBeGreaterThan(0);
    expect(one.pids_stats?.limit).toBe(50);
    expect(one.cpu_stats?.cpu_usage?.total_usage).toBeGreaterThan(0);
    expect(Object.keys(one.networks ?? {})).toEqual(["eth0"]);
    await hull.remove(name);
  });

  test.concurrent("docker top, with ps options", async () => {
    const name = await hull.sleeper("top");
    const lines = (await hull.ok("top", name)).split("\n");
    expect(lines[0]).toMatch(/^UID\s+PID\s+PPID\s+C\s+STIME\s+TTY\s+TIME\s+CMD$/);
    expect(lines.some((line) => line.includes("sleep 3600"))).toBeTrue();
    const columns = (await hull.ok("top", name, "-o", "pid,args")).split("\n");
    expect(columns[0]).toMatch(/^PID\s+COMMAND$/);
    expect(columns.slice(1).some((line) => /^\d+\s+.*sleep 3600$/.test(line))).toBeTrue();
    // A column that only calls itself PID would show processes of the host.
    expect(await hull.fails(1, "top", name, "-eo", "comm=PID")).toContain("is not allowed");
    await hull.ok("stop", "-t", "0", name);
    expect(await hull.fails(1, "top", name)).toMatch(/[Cc]ontainer .* is not running/);
    await hull.remove(name);
  });
});
