import { beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ContainerStatsResponse } from "../../src/protocol/generated/types.ts";
import { clientEngine } from "../setup/client-engine.ts";
import type { Footprint } from "../setup/leaks.ts";
import { until } from "../setup/until.ts";

/* Runs inside the machine of `npm run test:vm`, see README.md: it counts on being alone there. */

const hull = clientEngine();
const mib = 1024 * 1024;

/** The machine's second disk: 64 MiB of zeros that nothing else uses. */
const disk = "/dev/vdb";
const diskNumber = () => {
  const { rdev } = statSync(disk);
  return `${(rdev >> 8) & 0xfff}:${rdev & 0xff}`;
};

/** The container's cgroup, as a folder of the host. */
async function cgroup(container: string): Promise<string> {
  const line = readFileSync(`/proc/${await hull.pid(container)}/cgroup`, "utf8").trim();
  return join("/sys/fs/cgroup", line.replace("0::", ""));
}

const control = (group: string, file: string) => readFileSync(join(group, file), "utf8").trim();

test("this machine has cgroup v2 alone, and info says so", async () => {
  expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain("- cgroup cgroup");
  const info = JSON.parse(await hull.ok("info", "--format", "{{json .}}"));
  expect(info).toMatchObject({ CgroupVersion: "2", CgroupDriver: "cgroupfs", DefaultRuntime: "crun" });
  expect(info).toMatchObject({ MemoryLimit: true, SwapLimit: true, CpuCfsQuota: true, CPUSet: true });
  expect(info).toMatchObject({ CPUShares: true, PidsLimit: true, OomKillDisable: false });
  expect(info.SecurityOptions).toContain("name=cgroupns");
  expect(info.Warnings ?? []).toEqual([]);
});

describe.each(["crun", "runc"])("%s", (runtime) => {
  const own = (word: string) => hull.name(`${runtime}-${word}`);
  const sleeper = (word: string, ...options: string[]) =>
    hull.sleeper(`${runtime}-${word}`, "--runtime", runtime, ...options);
  const run = (options: readonly string[], script: string) =>
    hull.docker("run", "--runtime", runtime, ...options, "busybox", "sh", "-c", script);
  const once = (options: readonly string[], script: string) =>
    hull.once(["--runtime", runtime, ...options], script);
  let before: Footprint;

  beforeAll(async () => {
    await once([], "true");
    before = hull.own.footprint();
  });

  test("run, exec, logs, stop", async () => {
    const name = own("plain");
    const script = "trap 'echo bye; exit 7' TERM; echo started; while :; do sleep 0.1; done";
    await hull.ok("run", "-d", "--runtime", runtime, "--name", name, "busybox", "sh", "-c", script);
    await hull.untilLogged(name, "started");
    expect(await hull.shell(name, "echo inside; cat /proc/self/cgroup")).toBe("inside\n0::/");
    const group = await cgroup(name);
    expect(group).toStartWith(join("/sys/fs/cgroup", hull.own.cgroupParent));
    await hull.ok("stop", name);
    expect(await hull.ok("logs", name)).toBe("started\nbye");
    expect(await hull.state(name)).toMatchObject({ Status: "exited", ExitCode: 7, OOMKilled: false });
    await until("the cgroup is gone", () => !existsSync(group));
    await hull.remove(name);
  });

  test("a cgroup namespace of its own unless told otherwise", async () => {
    const name = own("ns");
    await hull.ok("create", "--name", name, "busybox");
    expect(await hull.field(name, "{{.HostConfig.CgroupnsMode}}")).toBe("private");
    await hull.remove(name);
    const look =
      "cat /proc/self/cgroup; mkdir /sys/fs/cgroup/new 2>&1; cat /sys/fs/cgroup/cgroup.controllers";
    const [path, made, controllers] = (await once([], look)).split("\n");
    expect(path).toBe("0::/");
    expect(made).toContain("Read-only file system");
    expect(controllers).toContain("memory");
    expect(await once(["--cgroupns", "host"], "cat /proc/self/cgroup")).toMatch(
      new RegExp(`^0::${hull.own.cgroupParent}/[0-9a-f]{64}$`),
    );
  });

  test("a privileged container has its own too, and may divide it", async () => {
    const name = own("nested");
    const divide =
      "cd /sys/fs/cgroup && mkdir init a && echo 1 > init/cgroup.procs && echo +memory > cgroup.subtree_control && echo divided; sleep 3600";
    await hull.ok(
      ...["run", "-d", "--runtime", runtime, "--name", name, "--privileged", "busybox", "sh", "-c", divide],
    );
    await hull.untilLogged(name, "divided");
    expect(await hull.field(name, "{{.HostConfig.CgroupnsMode}}")).toBe("private");
    expect(await hull.shell(name, "cat /sys/fs/cgroup/cgroup.subtree_control")).toBe("memory");
    expect(await hull.ok("top", name)).toContain("sleep 3600");
    await hull.ok("pause", name);
    await hull.ok("unpause", name);
    await hull.ok("rm", "-f", name);
  });

  test("limits reach the cgroup", async () => {
    const options = [
      ...["-m", "64m", "--memory-swap", "96m", "--memory-reservation", "32m", "--pids-limit", "50"],
      ...["--cpus", "0.5", "--cpu-shares", "512", "--cpuset-cpus", "1", "--blkio-weight", "300"],
      ...["--device-read-bps", `${disk}:1mb`, "--device-write-iops", `${disk}:100`],
    ];
    const name = await sleeper("limits", ...options);
    const group = await cgroup(name);
    expect(control(group, "memory.max")).toBe(String(64 * mib));
    expect(control(group, "memory.swap.max")).toBe(String(32 * mib));
    expect(control(group, "memory.low")).toBe(String(32 * mib));
    expect(control(group, "pids.max")).toBe("50");
    expect(control(group, "cpu.max")).toBe("50000 100000");
    expect(control(group, "cpu.weight")).toBe("20");
    expect(control(group, "cpuset.cpus")).toBe("1");
    expect(control(group, "io.max")).toBe(`${diskNumber()} rbps=${mib} wbps=max riops=max wiops=100`);
    expect(control(group, "io.weight")).toBe("default 2930");
    expect(await hull.shell(name, "cat /sys/fs/cgroup/memory.max; nproc")).toBe(`${64 * mib}\n1`);
    await hull.remove(name);
  });

  test("-m alone gives as much swap again, --memory-swap -1 gives any", async () => {
    const look = "cat /sys/fs/cgroup/memory.swap.max";
    expect(await once(["-m", "64m"], look)).toBe(String(64 * mib));
    expect(await once(["-m", "64m", "--memory-swap", "-1"], look)).toBe("max");
    expect(await once(["-m", "64m", "--memory-swap", "64m"], look)).toBe("0");
  });

  test("a container over its memory is killed and says so", async () => {
    const name = own("oom");
    const result = await run(["--name", name, "-m", "12m"], "exec tail /dev/zero");
    expect(result.code).toBe(137);
    expect(result.err).toMatch(/out of memory|memory limit/i);
    expect(await hull.state(name)).toMatchObject({ Status: "exited", ExitCode: 137, OOMKilled: true });
    await hull.remove(name);
  });

  test("weights of single devices wait for the scheduler that knows them", async () => {
    const options = ["--rm", "--blkio-weight-device", `${disk}:200`];
    const result = await run(options, "echo ran");
    expect(result).toMatchObject({ code: 0, out: "ran\n" });
    expect(result.err).toContain("does not support Block I/O weight_device");
  });

  test("what v2 cannot do is dropped with a warning", async () => {
    const result = await run(
      ["--rm", "-m", "64m", "--memory-swappiness", "50", "--oom-kill-disable"],
      "echo ran",
    );
    expect(result).toMatchObject({ code: 0, out: "ran\n" });
    expect(result.err).toContain("does not support memory swappiness");
    expect(result.err).toContain("does not support OomKillDisable");
  });

  test("--pids-limit and --device-read-bps hold", async () => {
    const forks = await run(["--rm", "--pids-limit", "10"], "for i in $(seq 20); do sleep 1 & done");
    expect(forks.err).toContain("can't fork");
    const began = Date.now();
    await once(
      ["--device", disk, "--device-read-bps", `${disk}:1mb`],
      `dd if=${disk} of=/dev/null bs=512k count=6 iflag=direct 2>/dev/null`,
    );
    expect(Date.now() - began).toBeGreaterThan(2000);
  });

  test("devices that were not given stay out of reach", async () => {
    const script = "mknod /d b $1 $2 && head -c 1 /d | wc -c";
    const [major = "", minor = ""] = diskNumber().split(":");
    const words = (...options: string[]) => [
      ...["run", "--rm", "--runtime", runtime, ...options],
      ...["busybox", "sh", "-c", script, "sh", major, minor],
    ];
    const refused = await hull.docker(...words());
    expect(refused.err).toContain("Operation not permitted");
    expect(await hull.ok(...words("--device-cgroup-rule", `b ${major}:${minor} rm`))).toBe("1");
  });

  test("update changes a running container", async () => {
    const name = await sleeper("update", "-m", "64m", "--cpuset-cpus", "0");
    const group = await cgroup(name);
    await hull.ok(
      ...["update", "-m", "80m", "--memory-swap", "100m", "--cpus", "0.25", "--pids-limit", "33"],
      ...["--cpuset-cpus", "0-1", "--cpu-shares", "2048", "--blkio-weight", "500", name],
    );
    expect(control(group, "memory.max")).toBe(String(80 * mib));
    expect(control(group, "memory.swap.max")).toBe(String(20 * mib));
    expect(control(group, "cpu.max")).toBe("25000 100000");
    expect(control(group, "cpu.weight")).toBe("79");
    expect(control(group, "pids.max")).toBe("33");
    expect(control(group, "cpuset.cpus")).toBe("0-1");
    await hull.ok("update", "--memory-swap", "-1", name);
    expect(control(group, "memory.swap.max")).toBe("max");
    expect(control(group, "memory.max")).toBe(String(80 * mib));
    await hull.ok("update", "--pids-limit", "-1", name);
    expect(control(group, "pids.max")).toBe("max");
    await hull.remove(name);
  });

  test("stats and top", async () => {
    const name = own("stats");
    const busy = `dd if=${disk} of=/dev/null bs=1M count=4 iflag=direct; while :; do :; done`;
    await hull.ok(
      ...["run", "-d", "--runtime", runtime, "--name", name, "--device", disk, "-m", "64m"],
      ...["--pids-limit", "50", "--cpus", "0.3", "busybox", "sh", "-c", busy],
    );
    await hull.untilLogged(name, "records out");
    const format = "{{.CPUPerc}}|{{.MemUsage}}|{{.BlockIO}}|{{.PIDs}}";
    const line = await hull.ok("stats", "--no-stream", "--format", format, name);
    const [cpu = "", memory = "", block = "", pids] = line.split("|");
    expect(Number.parseFloat(cpu)).toBeGreaterThan(5);
    expect(Number.parseFloat(cpu)).toBeLessThan(60);
    expect(memory).toMatch(/^[1-9][\d.]*[KM]iB \/ 64MiB$/);
    expect(block).toMatch(/^4\.\d+MB \/ 0B$/);
    expect(pids).toBe("1");
    const path = `/containers/${name}/stats?stream=0&one-shot=1`;
    const one = await hull.json<ContainerStatsResponse>("GET", path);
    expect(one.memory_stats?.stats?.anon).toBeGreaterThan(0);
    expect(one.pids_stats).toMatchObject({ current: 1, limit: 50 });
    expect(one.cpu_stats?.throttling_data?.throttled_periods).toBeGreaterThan(0);
    expect(await hull.ok("top", name, "-o", "pid,args")).toContain("while :");
    await hull.remove(name);
  });

  test("pause and unpause; a paused container can be killed", async () => {
    const name = await sleeper("pause");
    const group = await cgroup(name);
    await hull.ok("pause", name);
    expect(control(group, "cgroup.events")).toContain("frozen 1");
    expect(await hull.state(name)).toMatchObject({ Status: "paused", Paused: true });
    expect(await hull.fails(1, "exec", name, "true")).toContain("is paused");
    await hull.ok("unpause", name);
    expect(control(group, "cgroup.events")).toContain("frozen 0");
    expect(await hull.shell(name, "echo back")).toBe("back");
    await hull.ok("pause", name);
    await hull.ok("rm", "-f", name);
    expect(existsSync(group)).toBeFalse();
  });

  test("ulimits above the engine's own", async () => {
    const soft = "ulimit -Sn; ulimit -Hn; ulimit -l; ulimit -c";
    const options = ["--ulimit", "nofile=700000:800000", "--ulimit", "memlock=-1", "--ulimit", "core=-1"];
    expect(await once(options, soft)).toBe("700000\n800000\nunlimited\nunlimited");
    expect(await once(["--oom-score-adj", "-500"], "cat /proc/self/oom_score_adj")).toBe("-500");
  });

  test("a published port", async () => {
    const port = await hull.freePort();
    const name = own("web");
    const serve = "echo hello > /index.html; exec httpd -f -p 80";
    await hull.ok(
      ...[
        "run",
        "-d",
        "--runtime",
        runtime,
        "--name",
        name,
        "-p",
        `${port}:80`,
        "busybox",
        "sh",
        "-c",
        serve,
      ],
    );
    const page = () => hull.fetchFromHost(`http://127.0.0.1:${port}/`);
    await until("the page is served", async () => (await page()) === "hello");
    expect(await once([], `wget -qO- http://${hull.own.subnet}.1:${port}/`)).toBe("hello");
    await hull.remove(name);
  });

  test("containers live through the death of the engine, and their end meanwhile is known", async () => {
    const script = (end: string) => `echo one; while [ ! -e /go ]; do sleep 0.1; done; ${end}`;
    const start = (name: string, end: string) =>
      hull.ok(
        ...["run", "-d", "--runtime", runtime, "--name", name, "-m", "24m"],
        ...["busybox", "sh", "-c", script(end)],
      );
    const [lives, ends, hogs] = [own("lives"), own("ends"), own("hogs")];
    await start(lives, "exit 3");
    await start(ends, "echo two; exit 5");
    await start(hogs, "exec tail /dev/zero");
    const pids = { lives: await hull.pid(lives), ends: await hull.pid(ends), hogs: await hull.pid(hogs) };
    const go = (pid: number) => Bun.write(`/proc/${pid}/root/go`, "");
    await hull.own.kill();
    await go(pids.ends);
    await go(pids.hogs);
    await until(
      "both have ended",
      () => !existsSync(`/proc/${pids.ends}`) && !existsSync(`/proc/${pids.hogs}`),
    );
    await hull.own.start();
    expect(await hull.state(ends)).toMatchObject({ Status: "exited", ExitCode: 5, OOMKilled: false });
    expect(await hull.ok("logs", ends)).toBe("one\ntwo");
    expect(await hull.state(hogs)).toMatchObject({ Status: "exited", ExitCode: 137, OOMKilled: true });
    expect(await hull.pid(lives)).toBe(pids.lives);
    expect(await hull.ok("stats", "--no-stream", "--format", "{{.MemUsage}}", lives)).toContain("/ 24MiB");
    await hull.shell(lives, "touch /go");
    expect(await hull.ok("wait", lives)).toBe("3");
    await hull.remove(lives, ends, hogs);
  });

  test("nothing is left behind", async () => {
    const failed = (await hull.ok("ps", "-aq")).split("\n").filter(Boolean);
    if (failed.length > 0) await hull.remove(...failed);
    await hull.own.assertNothingLeaked(before);
    const check = Bun.spawnSync([
      process.env.HULL_TEST_EXECUTABLE ?? "",
      "engine",
      "check",
      ...hull.own.flags(),
    ]);
    expect(check.stdout.toString() + check.stderr.toString()).not.toMatch(/[0-9a-f]{64}/);
    expect(check.exitCode).toBe(0);
  });
});

describe("with the scheduler that knows weights of single devices", () => {
  beforeAll(async () => {
    expect(Bun.spawnSync(["modprobe", "bfq"]).exitCode).toBe(0);
    await Bun.write("/sys/block/vdb/queue/scheduler", "bfq");
    await hull.own.restart();
  });

  test.each(["crun", "runc"])("%s sets them", async (runtime) => {
    const weights = ["--blkio-weight", "300", "--blkio-weight-device", `${disk}:200`];
    const name = await hull.sleeper(`${runtime}-bfq`, "--runtime", runtime, ...weights);
    expect(control(await cgroup(name), "io.bfq.weight")).toBe(`default 300\n${diskNumber()} 200`);
    await hull.remove(name);
  });
});
