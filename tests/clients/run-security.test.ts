import { describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clientEngine, hullOnly, onReference } from "../setup/client-engine.ts";

const hull = clientEngine();

const status = (field: string) => `awk '/^${field}:/{print $2}' /proc/self/status`;
const defaults = "00000000a80425fb";

/** A machine that withholds a capability: 20.10 asks for it all the same, and its runtime fails. */
const bounded = !/^CapBnd:\s*0*1f+$/m.test(readFileSync("/proc/self/status", "utf8"));
const withAllCapabilities = onReference && bounded ? hullOnly("20.10 asks for withheld capabilities") : test;

describe("capabilities", () => {
  test.concurrent("the default set, for root and for others", async () => {
    const fields = ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"].map(status).join("; ");
    const none = "0".repeat(16);
    expect(await hull.once([], fields)).toBe([none, defaults, defaults, defaults, none].join("\n"));
    expect(await hull.once(["--user", "1000"], fields)).toBe([none, none, none, defaults, none].join("\n"));
  });

  test.concurrent("--cap-add and --cap-drop", async () => {
    const effective = status("CapEff");
    const bits = (options: string[]) => hull.once(options, effective).then((hex) => BigInt(`0x${hex}`));
    const base = BigInt(`0x${defaults}`);
    expect(await bits(["--cap-add", "NET_ADMIN"])).toBe(base | (1n << 12n));
    expect(await bits(["--cap-add", "cap_sys_ptrace", "--cap-drop", "CHOWN"])).toBe(
      (base | (1n << 19n)) & ~1n,
    );
    expect(await bits(["--cap-drop", "ALL"])).toBe(0n);
    expect(await bits(["--cap-drop", "all", "--cap-add", "NET_BIND_SERVICE"])).toBe(1n << 10n);
    const name = hull.name("caps");
    await hull.ok("create", "--name", name, "--cap-add", "sys_time", "--cap-drop", "kill", "busybox");
    const { HostConfig } = await hull.inspect(name);
    expect(HostConfig?.CapAdd).toEqual(["CAP_SYS_TIME"]);
    expect(HostConfig?.CapDrop).toEqual(["CAP_KILL"]);
    await hull.remove(name);
    expect(await hull.fails(1, "create", "--cap-add", "NO_SUCH", "busybox")).toMatch(
      /unknown capability: "CAP_NO_SUCH"/,
    );
  });

  withAllCapabilities("all capabilities are those of the machine", async () => {
    const bounding = /^CapBnd:\s*([0-9a-f]+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "";
    const all = BigInt(`0x${bounding}`);
    const effective = status("CapEff");
    expect(BigInt(`0x${await hull.once(["--privileged"], effective)}`)).toBe(all);
    expect(BigInt(`0x${await hull.once(["--cap-add", "ALL"], effective)}`)).toBe(all);
    const options = ["--cap-add", "ALL", "--cap-drop", "SYS_ADMIN"];
    expect(BigInt(`0x${await hull.once(options, effective)}`)).toBe(all & ~(1n << 21n));
  });

  withAllCapabilities("exec gets the container's capabilities; exec --privileged all of them", async () => {
    const name = await hull.sleeper("execcaps", "--cap-drop", "CHOWN");
    const base = BigInt(`0x${defaults}`) & ~1n;
    expect(BigInt(`0x${await hull.shell(name, status("CapEff"))}`)).toBe(base);
    const all = await hull.ok("exec", "--privileged", name, "sh", "-c", status("CapEff"));
    expect(BigInt(`0x${all}`) & (1n << 21n)).toBe(1n << 21n);
    await hull.remove(name);
  });
});

describe("privileged", () => {
  withAllCapabilities("opens devices, kernel files and mounts", async () => {
    const script =
      "test -e /dev/loop-control -o -e /dev/net/tun -o -e /dev/kmsg && echo devices; " +
      "mkdir /m && mount -t tmpfs none /m && echo mounted; " +
      "grep ' /sys ' /proc/mounts | cut -d' ' -f4 | cut -d, -f1; " +
      `${status("Seccomp")}; test -w /proc/sys/kernel/domainname && echo writable`;
    expect(await hull.once(["--privileged"], script)).toBe("devices\nmounted\nrw\n0\nwritable");
    const closed =
      "ls /dev | tr '\\n' ' '; mount -t tmpfs none /mnt 2>&1; grep ' /sys ' /proc/mounts | cut -d' ' -f4 | cut -d, -f1";
    const [devices, mount, sys] = (await hull.once([], closed)).split("\n");
    expect(devices?.trim().split(" ").sort()).toEqual([
      "core",
      "fd",
      "full",
      "mqueue",
      "null",
      "ptmx",
      "pts",
      "random",
      "shm",
      "stderr",
      "stdin",
      "stdout",
      "tty",
      "urandom",
      "zero",
    ]);
    expect(mount).toMatch(/permission denied|Operation not permitted/i);
    expect(sys).toBe("ro");
  });
});

describe("security options", () => {
  test.concurrent("no-new-privileges", async () => {
    expect(await hull.once([], status("NoNewPrivs"))).toBe("0");
    expect(await hull.once(["--security-opt", "no-new-privileges"], status("NoNewPrivs"))).toBe("1");
    expect(await hull.once(["--security-opt", "no-new-privileges=true"], status("NoNewPrivs"))).toBe("1");
    expect(await hull.once(["--security-opt", "no-new-privileges:false"], status("NoNewPrivs"))).toBe("0");
  });

  test.concurrent("seccomp: the default, none, and a profile of one's own", async () => {
    const mode = status("Seccomp");
    // A new user namespace needs CAP_SYS_ADMIN in the default profile, and nothing without it.
    const probe = "unshare -U true 2>/dev/null && echo new || echo refused";
    expect(await hull.once([], `${mode}; ${probe}`)).toBe("2\nrefused");
    expect(await hull.once(["--security-opt", "seccomp=unconfined"], `${mode}; ${probe}`)).toBe("0\nnew");
    expect(await hull.once(["--cap-add", "SYS_ADMIN"], `${mode}; ${probe}`)).toBe("2\nnew");
    const profile = join(hull.directory, "profile.json");
    writeFileSync(
      profile,
      JSON.stringify({
        defaultAction: "SCMP_ACT_ALLOW",
        syscalls: [{ names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 1 }],
      }),
    );
    const own = await hull.once(
      ["--security-opt", `seccomp=${profile}`],
      `${mode}; mkdir /x 2>&1; touch /y && echo touched`,
    );
    expect(own).toMatch(/^2\nmkdir: .*Operation not permitted\ntouched$/);
    const broken = join(hull.directory, "broken.json");
    writeFileSync(broken, "{");
    const error = await hull.docker("run", "--rm", "--security-opt", `seccomp=${broken}`, "busybox", "true");
    expect(error.code).toBe(125);
    expect(error.err).toMatch(/seccomp profile|compacting json/);
  });

  test.concurrent("masked and read-only paths, and systempaths=unconfined", async () => {
    const script =
      "wc -c </proc/keys; wc -c </proc/timer_list; ls /sys/firmware 2>/dev/null | wc -l; " +
      "grep -c ' /proc/\\(bus\\|fs\\|irq\\|sys\\) .* ro,' /proc/mounts; " +
      "echo x 2>&1 >/proc/sys/kernel/domainname || echo kept";
    const lines = (await hull.once([], script)).split("\n");
    expect(lines.slice(0, 4)).toEqual(["0", "0", "0", "4"]);
    expect(lines.at(-1)).toBe("kept");
    const open = await hull.once(
      ["--security-opt", "systempaths=unconfined"],
      "grep -c ' /proc/' /proc/mounts || true",
    );
    expect(open).toBe("0");
    const name = hull.name("paths");
    await hull.ok("create", "--name", name, "busybox");
    const { HostConfig } = await hull.inspect(name);
    expect(HostConfig?.MaskedPaths).toContain("/proc/kcore");
    expect(HostConfig?.ReadonlyPaths).toContain("/proc/sys");
    await hull.remove(name);
  });

  test.concurrent("options nobody knows are refused", async () => {
    const refused = (option: string) => hull.fails(1, "create", "--security-opt", option, "busybox");
    expect(await refused("nosuch=1")).toMatch(/[Ii]nvalid (--)?security-opt[^:]*: "?nosuch/);
    expect(await hull.fails(125, "create", "--security-opt", "nosuch", "busybox")).toMatch(
      /[Ii]nvalid --security-opt/,
    );
    expect(await refused("no-new-privileges=perhaps")).toContain("perhaps");
  });

  test.concurrent("apparmor and label options are taken as far as the machine goes", async () => {
    expect(await hull.once(["--security-opt", "apparmor=unconfined"], "echo runs")).toBe("runs");
    expect(await hull.once(["--security-opt", "label=disable"], "echo runs")).toBe("runs");
  });
});

describe("devices", () => {
  test.concurrent("--device, its name inside and its permissions", async () => {
    const seen = await hull.once(
      ["--device", "/dev/null:/dev/hole:r", "--device", "/dev/zero:/dev/nought"],
      "stat -c '%F %t %T' /dev/hole; head -c 3 /dev/nought | wc -c; ls -la /dev/hole | cut -c1",
    );
    expect(seen).toBe("character special file 1 3\n3\nc");
    expect(
      await hull.fails(127, "run", "--rm", "--device", "/dev/nosuchdevice", "busybox", "true"),
    ).toContain("/dev/nosuchdevice");
    expect(await hull.fails(125, "run", "--rm", "--device", "/dev/null:/x:q", "busybox", "true")).toMatch(
      /invalid (device )?mode|bad mode specified/i,
    );
  });

  test.concurrent("devices of the host are closed without --device", async () => {
    // The kernel lets anyone make the node; the device cgroup must not let it be opened.
    const script =
      "mknod /tmp/loop c 10 237 && (exec 3</tmp/loop) 2>&1; mknod /tmp/null c 1 3 && echo x >/tmp/null && echo open";
    const seen = await hull.once([], script);
    expect(seen).toMatch(/[Oo]peration not permitted/);
    expect(seen).toEndWith("open");
  });

  test.concurrent("--device-cgroup-rule opens by number", async () => {
    const seen = await hull.once(
      ["--device-cgroup-rule", "c 10:237 r"],
      "mknod /tmp/loop c 10 237 && exec 3</tmp/loop && echo open",
    );
    expect(seen).toBe("open");
    expect(await hull.fails(125, "run", "--rm", "--device-cgroup-rule", "x 1", "busybox")).toContain(
      "invalid device cgroup format",
    );
  });
});

describe("kernel settings", () => {
  test.concurrent("--sysctl of the container's own namespaces", async () => {
    const seen = await hull.once(
      ["--sysctl", "net.ipv4.ip_forward=1", "--sysctl", "kernel.msgmax=4096"],
      "cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax",
    );
    expect(seen).toBe("1\n4096");
  });

  test.concurrent("--sysctl of the machine is refused", async () => {
    const machine = await hull.docker("run", "--rm", "--sysctl", "kernel.pid_max=1000", "busybox", "true");
    expect(machine.code).toBe(125);
    expect(machine.err).toMatch(/kernel\.pid_max/);
    const host = await hull.docker(
      ...["run", "--rm", "--network", "host", "--sysctl", "net.ipv4.ip_forward=1", "busybox", "true"],
    );
    expect(host.code).toBe(125);
    expect(host.err).toMatch(/net\.ipv4\.ip_forward.*(host|not allowed)/);
  });
});

describe("user namespace", () => {
  test.concurrent("--userns host, and others refused", async () => {
    expect(await hull.once(["--userns", "host"], "readlink /proc/self/ns/user")).toMatch(/^user:\[\d+\]$/);
    const bad = await hull.fails(125, "run", "--rm", "--userns", "nosuch", "busybox", "true");
    expect(bad).toMatch(/--userns: invalid USER mode|invalid userns mode/i);
  });

  test.concurrent("privileged shows as given in inspect", async () => {
    const name = hull.name("privinspect");
    await hull.ok("create", "--name", name, "--privileged", "busybox");
    const { HostConfig } = await hull.inspect(name);
    expect(HostConfig?.Privileged).toBeTrue();
    expect(HostConfig?.SecurityOpt).toEqual(["label=disable"]);
    expect(HostConfig?.MaskedPaths ?? null).toBeNull();
    await hull.remove(name);
  });
});
