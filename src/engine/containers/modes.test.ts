import { expect, test } from "bun:test";
import {
  parseCgroupnsMode,
  parseIpcMode,
  parseNetworkMode,
  parsePidMode,
  parseUsernsMode,
  parseUtsMode,
} from "./modes.ts";

test("network modes", () => {
  for (const text of ["", "default", "bridge"]) expect(parseNetworkMode(text)).toEqual({ kind: "bridge" });
  expect(parseNetworkMode("host")).toEqual({ kind: "host" });
  expect(parseNetworkMode("none")).toEqual({ kind: "none" });
  expect(parseNetworkMode("mine")).toEqual({ kind: "network", name: "mine" });
  expect(parseNetworkMode("container:web")).toEqual({ kind: "container", id: "web" });
  for (const text of ["container:", "container"]) {
    expect(() => parseNetworkMode(text)).toThrow(
      "invalid network mode: invalid container format container:<name|id>",
    );
  }
});

test("ipc modes", () => {
  expect(parseIpcMode("")).toEqual({ kind: "private" });
  for (const kind of ["private", "shareable", "none", "host"] as const) {
    expect(parseIpcMode(kind)).toEqual({ kind });
  }
  expect(parseIpcMode("container:a")).toEqual({ kind: "container", id: "a" });
  for (const text of ["foo", "container:"])
    expect(() => parseIpcMode(text)).toThrow(`invalid IPC mode: ${text}`);
});

test("pid, uts, userns and cgroupns modes", () => {
  expect(parsePidMode("container:a")).toEqual({ kind: "container", id: "a" });
  expect(parsePidMode("")).toEqual({ kind: "private" });
  expect(() => parsePidMode("container:")).toThrow("invalid PID mode: container:");
  expect(parseUtsMode("host")).toEqual({ kind: "host" });
  expect(() => parseUtsMode("container:a")).toThrow("invalid UTS mode: container:a");
  expect(parseUsernsMode("")).toEqual({ kind: "host" });
  expect(() => parseUsernsMode("private")).toThrow("invalid user namespace mode: private");
  expect(parseCgroupnsMode("private")).toEqual({ kind: "private" });
  expect(() => parseCgroupnsMode("foo")).toThrow("invalid cgroup namespace mode: foo");
});
