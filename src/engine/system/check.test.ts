import { expect, test } from "bun:test";
import type { ContainerRecord } from "../../records/container-record.ts";
import type { VolumeRecord } from "../../records/volume-record.ts";
import { findMismatches, type Traces } from "./check.ts";

const nothing: Traces = {
  containerDirectories: [],
  shims: [],
  shimProcesses: [],
  rootMounts: [],
  networkNamespaces: [],
  runtimeStates: [],
  sharedMemory: [],
  otherMounts: [],
  snapshots: [],
  volumeDirectories: [],
  volumeMounts: [],
  cgroups: [],
  bridgePorts: {},
  strayLinks: [],
};
const container = (id: string, status: string, mode = "bridge") =>
  ({
    id,
    state: { status },
    hostConfig: { NetworkMode: mode },
    mounts: status === "running" ? [{ name: "used" }] : [],
    endpoints: mode === "bridge" && status === "running" ? { bridge: { endpointId: "e" } } : {},
  }) as unknown as ContainerRecord;

test("findMismatches() is content when records and machine agree", () => {
  const traces: Traces = {
    ...nothing,
    containerDirectories: ["a", "b"],
    snapshots: ["b", "a"],
    shims: ["a"],
    shimProcesses: ["a"],
    rootMounts: ["a"],
    networkNamespaces: ["a"],
    cgroups: ["a"],
    bridgePorts: { bridge: 1 },
  };
  const containers = [container("a", "running"), container("b", "exited")];
  expect(findMismatches({ containers, volumes: [] }, traces)).toEqual([]);
});

test("findMismatches() names what is left behind and what is missing", () => {
  const traces: Traces = {
    ...nothing,
    shims: ["x"],
    volumeDirectories: ["v"],
    bridgePorts: { bridge: 1 },
    strayLinks: ["br-x"],
  };
  expect(findMismatches({ containers: [container("a", "created")], volumes: [] }, traces)).toEqual([
    "missing: container directory a",
    "missing: writable layer a",
    "left behind: shim x",
    "left behind: volume directory v",
    "the bridge of network bridge has 1 interfaces for 0 running containers",
    "left behind: network interface br-x",
  ]);
});

test("findMismatches() wants no network namespace of a container on the host's network", () => {
  const traces: Traces = {
    ...nothing,
    containerDirectories: ["a"],
    snapshots: ["a"],
    shims: ["a"],
    shimProcesses: ["a"],
    rootMounts: ["a"],
    cgroups: ["a"],
  };
  expect(findMismatches({ containers: [container("a", "running", "host")], volumes: [] }, traces)).toEqual(
    [],
  );
});

test("findMismatches() wants mounts only where a running container can have them", () => {
  const ran = container("a", "running", "host");
  const volume = (name: string, options: object) => ({ name, options }) as unknown as VolumeRecord;
  const volumes = [volume("used", { type: "tmpfs" }), volume("idle", { type: "tmpfs" }), volume("plain", {})];
  const traces: Traces = {
    ...nothing,
    containerDirectories: ["a"],
    snapshots: ["a"],
    shims: ["a"],
    shimProcesses: ["a"],
    rootMounts: ["a"],
    cgroups: ["a"],
    runtimeStates: ["a", "x"],
    sharedMemory: ["a", "x"],
    otherMounts: ["/exec/stray"],
    volumeDirectories: ["used", "idle", "plain"],
    volumeMounts: ["used", "idle", "plain"],
  };
  expect(findMismatches({ containers: [ran], volumes }, traces)).toEqual([
    "left behind: runtime state x",
    "left behind: shared memory x",
    "left behind: mount /exec/stray",
    "left behind: mount of volume idle",
  ]);
});
