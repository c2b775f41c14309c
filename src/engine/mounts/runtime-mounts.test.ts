import { describe, expect, test } from "bun:test";
import type { MountPoint } from "../../records/container-record.ts";
import { parseMountInfo } from "../../sys/mountinfo.ts";

import { runtimeBind, runtimeTmpfs, sortedMounts } from "./runtime-mounts.ts";

const hostMounts = parseMountInfo(
  [
    "1 0 8:1 / / rw - ext4 /dev/a rw",
    "2 1 8:2 / /shared rw shared:5 - ext4 /dev/b rw",
    "3 1 8:3 / /slave rw master:5 - ext4 /dev/c rw",
    "4 2 8:4 / /shared/private rw - ext4 /dev/d rw",
  ].join("\n"),
);
const features = { recursiveReadOnly: true, dataRoot: "/var/lib/hull", hostMounts };

function bind(options: Partial<MountPoint>, more: Partial<typeof features> = {}) {
  const mount: MountPoint = {
    type: "bind",
    name: "",
    source: "/src",
    destination: "/d",
    driver: "",
    mode: "",
    readOnly: false,
    propagation: "rprivate",
    anonymous: false,
    copyUp: false,
    ...options,
  };
  return runtimeBind(mount, mount.source, { ...features, ...more }).options;
}

describe("bind options are those of Docker's config.json", () => {
  test("plain, non-recursive, volume", () => {
    expect(bind({})).toEqual(["rbind", "rprivate"]);
    expect(bind({ nonRecursive: true })).toEqual(["bind", "rprivate"]);
    expect(bind({ propagation: "" })).toEqual(["rbind"]);
  });

  test("read-only goes as deep as it may", () => {
    expect(bind({ readOnly: true })).toEqual(["rbind", "rro", "rprivate"]);
    expect(bind({ readOnly: true, readOnlyScope: "top" })).toEqual(["rbind", "ro", "rprivate"]);
    expect(bind({ readOnly: true, nonRecursive: true })).toEqual(["bind", "ro", "rprivate"]);
    const old = { recursiveReadOnly: false };
    expect(bind({ readOnly: true }, old)).toEqual(["rbind", "ro", "rprivate"]);
    expect(() => bind({ readOnly: true, readOnlyScope: "all" }, old)).toThrow("recursively read-only");
  });

  test("sharing needs a source that is shared", () => {
    expect(bind({ source: "/shared/x", propagation: "rshared" })).toEqual(["rbind", "rshared"]);
    expect(bind({ source: "/slave/x", propagation: "rslave" })).toEqual(["rbind", "rslave"]);
    const refused = (source: string, propagation: string) => () => bind({ source, propagation });
    expect(refused("/src", "rshared")).toThrow("path /src is mounted on / but it is not a shared mount");
    expect(refused("/src", "slave")).toThrow(
      "path /src is mounted on / but it is not a shared or slave mount",
    );
    expect(refused("/slave", "shared")).toThrow("is mounted on /slave but");
    expect(refused("/shared/private/x", "shared")).toThrow("is mounted on /shared/private but");
    expect(bind({ source: "/var/lib/hull", propagation: "rslave" })).toEqual(["rbind", "rprivate"]);
  });
});

describe("tmpfs options are those of Docker's config.json", () => {
  const cases: readonly [string, string[]][] = [
    ["", ["noexec", "nosuid", "nodev", "rprivate"]],
    ["size=1m,exec", ["nosuid", "nodev", "rprivate", "size=1m", "exec"]],
    ["ro,mode=700,size=1m", ["noexec", "nosuid", "nodev", "rprivate", "ro", "mode=700", "size=1m"]],
    ["size=1m,size=2m,rw,ro,suid", ["noexec", "nodev", "rprivate", "size=2m", "ro", "suid"]],
  ];
  for (const [text, options] of cases) {
    test(JSON.stringify(text), () => expect(runtimeTmpfs("/t", text).options).toEqual(options));
  }
});

test("sortedMounts() puts parents first, and names in order", () => {
  const at = (destination: string) => ({ destination, type: "bind", source: "/s", options: [] });
  const sorted = sortedMounts(["/a/b/c", "/z", "/a", "/a/b", "/b/"].map(at));
  expect(sorted.map((mount) => mount.destination)).toEqual(["/a", "/b/", "/z", "/a/b", "/a/b/c"]);
});
