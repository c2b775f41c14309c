import { expect, test } from "bun:test";
import type { CreateContainerRequest } from "../../src/engine/services/containers.ts";
import { isObject } from "../../src/protocol/validate.ts";
import { sampleConfig, sampleHostConfig } from "../fakes/container-samples.ts";
import { startApi } from "./api-harness.ts";

/** A small generator with a seed, so that a failure can be had again (HULL_FUZZ_SEED). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const seed = Number(process.env.HULL_FUZZ_SEED ?? 1);
const next = random(seed);
const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;

const strange: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1.5,
  2 ** 53,
  1e308,
  "",
  "x".repeat(10_000),
  "\u0000\ud800💥",
  "__proto__",
  [],
  [null],
  [[]],
  [{}],
  {},
  { "": "" },
  { a: null },
  { constructor: 1 },
  JSON.parse('{"__proto__":{"polluted":true}}'),
];

const seedBody = {
  ...sampleConfig({
    Cmd: ["a"],
    Entrypoint: ["b"],
    Env: ["A=B"],
    Labels: { a: "b" },
    ExposedPorts: { "80/tcp": {} },
  }),
  Healthcheck: { Test: ["CMD", "a"], Interval: 5 },
  HostConfig: {
    ...sampleHostConfig({
      Binds: ["/a:/b"],
      PortBindings: { "80/tcp": [{ HostIp: "", HostPort: "1" }] },
      Ulimits: [{ Name: "nofile", Soft: 1, Hard: 2 }],
      Devices: [{ PathOnHost: "/dev/null", PathInContainer: "/x", CgroupPermissions: "rwm" }],
      BlkioWeightDevice: [{ Path: "/dev/x", Weight: 5 }],
    }),
    Mounts: [
      {
        Type: "volume",
        Target: "/x",
        VolumeOptions: { Labels: { a: "b" }, DriverConfig: { Name: "local" } },
      },
    ],
    Tmpfs: { "/run": "" },
  },
  NetworkingConfig: {
    EndpointsConfig: { bridge: { IPAMConfig: { IPv4Address: "1.2.3.4" }, Aliases: ["a"] } },
  },
};

/** A copy with some members anywhere replaced by something strange. */
function mutate(value: unknown, chance: number): unknown {
  if (next() < chance) return pick(strange);
  if (Array.isArray(value)) return value.map((item) => mutate(item, chance));
  if (!isObject(value)) return value;
  const entries = Object.entries(value)
    .filter(() => next() > chance)
    .map(([name, member]) => [next() < chance ? name.toUpperCase() : name, mutate(member, chance)]);
  if (next() < chance) entries.push([pick(["Surprise", "", "__proto__"]), pick(strange)]);
  return Object.fromEntries(entries);
}

/** Every member the engine gets is of the type it has in its own sample. */
function mistyped(sample: object, given: object): string[] {
  return Object.entries(sample).flatMap(([name, expected]) => {
    const value = Reflect.get(given, name);
    if (expected === null)
      return value === null ||
        typeof value === "object" ||
        typeof value === "number" ||
        typeof value === "boolean"
        ? []
        : [name];
    const same =
      typeof value === typeof expected && value !== null && Array.isArray(value) === Array.isArray(expected);
    return same ? [] : [`${name}: ${JSON.stringify(value)}`];
  });
}

test(`strange create bodies are accepted clean or refused with a sentence (seed ${seed})`, async () => {
  let request: CreateContainerRequest | undefined;
  let accepted = 0;
  await using api = await startApi({
    containers: {
      create: async (given) => {
        request = given;
        return { id: "c".repeat(64), warnings: [] };
      },
    },
  });
  for (let round = 0; round < 1500; round++) {
    const body = mutate(seedBody, pick([0.005, 0.02, 0.1]));
    const answer = await api.call("POST", "/containers/create", body ?? "null");
    if (answer.status === 201) {
      accepted++;
      expect(mistyped(sampleConfig(), request?.config ?? {})).toEqual([]);
      expect(mistyped(sampleHostConfig(), request?.hostConfig ?? {})).toEqual([]);
    } else {
      expect([400, 501]).toContain(answer.status);
      expect(answer.json).toEqual({ message: expect.stringMatching(/^.{5,}$/s) });
    }
  }
  expect(accepted).toBeGreaterThan(50);
  expect(Reflect.get({}, "polluted")).toBeUndefined();
  expect((await api.call("GET", "/_ping")).text).toBe("OK");
}, 60_000);
