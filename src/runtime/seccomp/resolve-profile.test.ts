import { describe, expect, test } from "bun:test";
import { parseProfile, resolveProfile } from "./resolve-profile.ts";

const host = { arch: "x64", kernel: "5.10.0-23-amd64", capabilities: ["CAP_SYS_CHROOT"] };
const allow = (names: string[], conditions: object = {}) => ({
  names,
  action: "SCMP_ACT_ALLOW",
  ...conditions,
});
const resolvedNames = (syscalls: object[]) =>
  resolveProfile(
    parseProfile(JSON.stringify({ defaultAction: "SCMP_ACT_ERRNO", syscalls })),
    host,
  ).syscalls.flatMap(({ names }) => names);

describe("resolveProfile", () => {
  test("includes: architecture, all capabilities, kernel", () => {
    expect(
      resolvedNames([
        allow(["plain"]),
        allow(["amd64"], { includes: { arches: ["amd64", "x32"] } }),
        allow(["arm"], { includes: { arches: ["arm64"] } }),
        allow(["chroot"], { includes: { caps: ["CAP_SYS_CHROOT"] } }),
        allow(["both"], { includes: { caps: ["CAP_SYS_CHROOT", "CAP_SYS_ADMIN"] } }),
        allow(["old kernel"], { includes: { minKernel: "4.8" } }),
        allow(["same kernel"], { includes: { minKernel: "5.10" } }),
        allow(["new kernel"], { includes: { minKernel: "5.11" } }),
      ]),
    ).toEqual(["plain", "amd64", "chroot", "old kernel", "same kernel"]);
  });

  test("excludes: architecture, any capability", () => {
    expect(
      resolvedNames([
        allow(["a"], { excludes: { caps: ["CAP_SYS_ADMIN", "CAP_SYS_CHROOT"] } }),
        allow(["b"], { excludes: { caps: ["CAP_SYS_ADMIN"] } }),
        allow(["c"], { excludes: { arches: ["amd64"] } }),
      ]),
    ).toEqual(["b"]);
  });

  test("takes the architectures from the map, and the old single-name rules", () => {
    const archMap = [{ architecture: "SCMP_ARCH_X86_64", subArchitectures: ["SCMP_ARCH_X86"] }];
    const text = JSON.stringify({
      defaultAction: "SCMP_ACT_ALLOW",
      archMap,
      syscalls: [{ name: "x", action: "SCMP_ACT_KILL" }],
    });
    const resolved = resolveProfile(parseProfile(text), host);
    expect(resolved.architectures).toEqual(["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"]);
    expect(resolved.syscalls).toEqual([{ names: ["x"], action: "SCMP_ACT_KILL" }]);
  });
});

describe("parseProfile refuses", () => {
  for (const text of [
    "",
    "[]",
    "{}",
    '{"defaultAction":1}',
    '{"defaultAction":"A","syscalls":[{"names":["x"]}]}',
    '{"defaultAction":"A","syscalls":[null]}',
  ]) {
    test(text, () => expect(() => parseProfile(text)).toThrow("Decoding seccomp profile failed"));
  }
  test("contradictions", () => {
    expect(() =>
      parseProfile('{"defaultAction":"A","architectures":["a"],"archMap":[{"architecture":"b"}]}'),
    ).toThrow("both 'architectures' and 'archMap'");
    expect(() =>
      parseProfile('{"defaultAction":"A","syscalls":[{"name":"a","names":["b"],"action":"x"}]}'),
    ).toThrow("both 'name' and 'names'");
  });
});
