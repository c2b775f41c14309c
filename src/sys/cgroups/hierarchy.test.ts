import { describe, expect, test } from "bun:test";
import { parseHierarchy } from "./hierarchy.ts";
import { parseBlkio, parseIoStat } from "./stats.ts";

const line = (at: string, type: string, options: string) =>
  `30 25 0:26 / ${at} rw,relatime shared:9 - ${type} ${type} rw,${options}`;

describe("parseHierarchy", () => {
  test("v2", () => {
    const found = parseHierarchy(
      `${line("/", "ext4", "x")}\n${line("/sys/fs/cgroup", "cgroup2", "nsdelegate")}`,
    );
    expect(found).toEqual({ version: 2, hybrid: false, mounts: new Map([["", "/sys/fs/cgroup"]]) });
  });

  test("v2 as a kernel 6.1 lists it, among other mounts", () => {
    const mountinfo = [
      "23 1 254:0 / / rw,relatime - ext4 /dev/vda rw",
      "25 23 0:21 / /sys rw,relatime - sysfs sys rw",
      "30 25 0:6 / /sys/kernel/security rw,relatime - securityfs securityfs rw",
      "31 25 0:25 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw,nsdelegate",
      "",
    ].join("\n");
    expect(parseHierarchy(mountinfo)).toEqual({
      version: 2,
      hybrid: false,
      mounts: new Map([["", "/sys/fs/cgroup"]]),
    });
  });

  test("v1, controllers together and alone", () => {
    const found = parseHierarchy(
      [
        line("/sys/fs/cgroup/cpu,cpuacct", "cgroup", "cpu,cpuacct"),
        line("/sys/fs/cgroup/memory", "cgroup", "memory"),
        line("/sys/fs/cgroup/systemd", "cgroup", "xattr,name=systemd"),
      ].join("\n"),
    );
    expect(found.version).toBe(1);
    expect(found.hybrid).toBe(false);
    expect([...found.mounts]).toEqual([
      ["cpu", "/sys/fs/cgroup/cpu,cpuacct"],
      ["cpuacct", "/sys/fs/cgroup/cpu,cpuacct"],
      ["memory", "/sys/fs/cgroup/memory"],
      ["name=systemd", "/sys/fs/cgroup/systemd"],
    ]);
  });

  test("hybrid: v1 with a v2 tree beside it", () => {
    const found = parseHierarchy(
      `${line("/sys/fs/cgroup/unified", "cgroup2", "nsdelegate")}\n${line("/sys/fs/cgroup/pids", "cgroup", "pids")}`,
    );
    expect(found).toMatchObject({ version: 1, hybrid: true });
    expect(found.mounts.get("")).toBe("/sys/fs/cgroup/unified");
  });

  test("mounts elsewhere, of containers for instance, are not this host's", () => {
    const found = parseHierarchy(
      `${line("/var/lib/x/rootfs/sys/fs/cgroup/pids", "cgroup", "pids")}\n${line("/sys/fs/cgroup", "cgroup2", "a")}`,
    );
    expect(found.version).toBe(2);
  });
});

test("parseBlkio reads v1's lines and leaves the total", () => {
  expect(parseBlkio("8:0 Read 4096\n8:0 Write 1\nTotal 4097\n")).toEqual([
    { major: 8, minor: 0, op: "Read", value: 4096 },
    { major: 8, minor: 0, op: "Write", value: 1 },
  ]);
});

test("parseIoStat reads v2's fields that were asked for", () => {
  expect(parseIoStat("8:16 rbytes=1 wbytes=2 rios=3\n\n", { rbytes: "read", wbytes: "write" })).toEqual([
    { major: 8, minor: 16, op: "read", value: 1 },
    { major: 8, minor: 16, op: "write", value: 2 },
  ]);
});

test("parseIoStat on what a kernel 6.1 counted for two disks", () => {
  const text =
    "254:0 rbytes=106496 wbytes=1318912 rios=3 wios=4 dbytes=0 dios=0\n254:16 rbytes=655360 wbytes=0 rios=10 wios=0 dbytes=0 dios=0\n";
  expect(parseIoStat(text, { rios: "read", wios: "write" })).toEqual([
    { major: 254, minor: 0, op: "read", value: 3 },
    { major: 254, minor: 0, op: "write", value: 4 },
    { major: 254, minor: 16, op: "read", value: 10 },
    { major: 254, minor: 16, op: "write", value: 0 },
  ]);
});
