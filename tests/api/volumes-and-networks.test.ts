import { describe, expect, test } from "bun:test";
import type { NetworkView } from "../../src/engine/services/networks.ts";
import type { VolumeView } from "../../src/engine/services/volumes.ts";
import { conflict } from "../../src/errors/engine-error.ts";
import { sampleContainer } from "../fakes/container-samples.ts";
import { startApi } from "./api-harness.ts";

const volume: VolumeView = {
  record: {
    name: "data",
    driver: "local",
    created: "2026-01-01T00:00:00.123456789Z",
    labels: { a: "b" },
    options: {},
    anonymous: false,
  },
  mountpoint: "/volumes/data/_data",
};

describe("volumes", () => {
  test("list, inspect and create fit the API file", async () => {
    await using api = await startApi({
      volumes: {
        list: async (filters) => {
          expect(filters.get("dangling")).toEqual(["true"]);
          return [{ ...volume, usage: { size: 5, references: 1 } }];
        },
        inspect: async () => volume,
        create: async (request) => {
          expect(request).toEqual({ name: "", driver: "local", labels: {}, options: { type: "tmpfs" } });
          return volume;
        },
      },
    });
    const filters = encodeURIComponent('{"dangling":["true"]}');
    expect((await api.call("GET", `/volumes?filters=${filters}`)).json).toMatchObject({
      Volumes: [{ Name: "data", UsageData: { Size: 5, RefCount: 1 } }],
    });
    expect((await api.call("GET", "/volumes/data")).json).toEqual({
      CreatedAt: "2026-01-01T00:00:00Z",
      Driver: "local",
      Labels: { a: "b" },
      Mountpoint: "/volumes/data/_data",
      Name: "data",
      Options: {},
      Scope: "local",
    });
    const created = await api.call("POST", "/volumes/create", {
      Driver: "",
      DriverOpts: { type: "tmpfs" },
      Labels: null,
    });
    expect(created.status).toBe(201);
    expect((await api.call("GET", `/volumes?filters=${encodeURIComponent('{"x":["y"]}')}`)).status).toBe(400);
  });

  test("remove and prune", async () => {
    const asked: unknown[] = [];
    await using api = await startApi({
      volumes: {
        remove: async (name, force) => {
          if (!force) throw conflict("volume is in use");
          asked.push(name);
        },
        prune: async (filters) => {
          asked.push([...filters]);
          return { deleted: [], spaceReclaimed: 0 };
        },
      },
    });
    expect((await api.call("DELETE", "/volumes/data")).status).toBe(409);
    expect((await api.call("DELETE", "/volumes/data?force=1")).status).toBe(204);
    await api.call("POST", "/v1.41/volumes/prune");
    expect((await api.call("POST", "/volumes/prune")).json).toEqual({
      VolumesDeleted: null,
      SpaceReclaimed: 0,
    });
    expect(asked).toEqual(["data", [["all", ["true"]]], []]);
  });
});

const networkId = "b".repeat(64);
const network: NetworkView = {
  record: {
    id: networkId,
    name: "mine",
    created: "2026-01-01T00:00:00Z",
    driver: "bridge",
    scope: "local",
    internal: false,
    attachable: false,
    enableIpv4: true,
    enableIpv6: false,
    ipam: { driver: "default", options: {}, pools: [{ subnet: "10.0.0.0/24", gateway: "10.0.0.1" }] },
    options: {},
    labels: {},
  },
  containers: [
    sampleContainer({
      endpoints: {
        mine: {
          request: {},
          networkId,
          endpointId: "e1",
          ipAddress: "10.0.0.2",
          ipPrefixLength: 24,
          macAddress: "02:00:00:00:00:02",
        },
      },
    }),
  ],
};

describe("networks", () => {
  test("list and inspect fit the API file, members are in the latter", async () => {
    await using api = await startApi({
      networks: { list: async () => [network], inspect: async () => network },
    });
    expect((await api.call("GET", "/networks")).json).toMatchObject([{ Name: "mine", Containers: {} }]);
    expect((await api.call("GET", "/v1.41/networks/mine")).json).toMatchObject({
      IPAM: { Driver: "default", Options: {}, Config: [{ Subnet: "10.0.0.0/24", Gateway: "10.0.0.1" }] },
      Containers: { ["c".repeat(64)]: { Name: "steady_hopper", IPv4Address: "10.0.0.2/24" } },
    });
  });

  test("create, connect, disconnect, remove, prune", async () => {
    const asked: unknown[] = [];
    await using api = await startApi({
      networks: {
        create: async (request) => {
          asked.push(request);
          return { id: networkId, warning: "" };
        },
        connect: async (...args) => void asked.push(args),
        disconnect: async (...args) => void asked.push(args),
        remove: async (...args) => void asked.push(args),
        prune: async () => ({ deleted: ["mine"], spaceReclaimed: 0 }),
      },
    });
    const created = await api.call("POST", "/networks/create", {
      Name: "mine",
      CheckDuplicate: true,
      IPAM: { Config: [{ Subnet: "10.0.0.0/24", IPRange: "" }] },
    });
    expect([created.status, created.json]).toEqual([201, { Id: networkId, Warning: "" }]);
    expect(
      (
        await api.call("POST", "/networks/mine/connect", {
          Container: "x",
          EndpointConfig: { Aliases: ["a"] },
        })
      ).status,
    ).toBe(200);
    expect(
      (await api.call("POST", "/networks/mine/disconnect", { Container: "x", Force: true })).status,
    ).toBe(200);
    expect((await api.call("DELETE", "/networks/mine")).status).toBe(204);
    expect((await api.call("POST", "/networks/prune")).json).toEqual({ NetworksDeleted: ["mine"] });
    expect(asked).toEqual([
      expect.objectContaining({
        name: "mine",
        driver: "bridge",
        enableIpv4: undefined,
        ipam: { driver: "default", options: {}, pools: [{ subnet: "10.0.0.0/24" }] },
      }),
      ["mine", "x", { IPAMConfig: null, Links: null, Aliases: ["a"], DriverOpts: null }],
      ["mine", "x", true],
      ["mine"],
    ]);
    expect((await api.call("POST", "/networks/mine/connect", {})).status).toBe(400);
  });

  test("a check, and one that only looks", async () => {
    const asked: unknown[] = [];
    await using api = await startApi({
      networks: {
        check: async (options) => {
          asked.push(options);
          return [
            { problem: "bridge br-1 of network web is missing", mended: true },
            { problem: "interface eth0 is missing", mended: false, failure: "no namespace" },
          ];
        },
      },
    });
    expect((await api.call("POST", "/v1.47/networks/check")).json).toEqual({
      Findings: [
        { Problem: "bridge br-1 of network web is missing", Mended: true },
        { Problem: "interface eth0 is missing", Mended: false, Failure: "no namespace" },
      ],
    });
    await api.call("POST", "/networks/check?dryrun=true");
    expect(asked).toEqual([{ repair: true }, { repair: false }]);
  });
});
