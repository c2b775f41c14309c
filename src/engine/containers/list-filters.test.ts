import { describe, expect, test } from "bun:test";
import { sampleConfig, sampleContainer } from "../../../tests/fakes/container-samples.ts";
import type { Digest } from "../../oci/digest.ts";
import type { ContainerId, ContainerRecord } from "../../records/container-record.ts";
import { selectContainers } from "./list-filters.ts";

const image = `sha256:${"b".repeat(64)}` as Digest;
const times = { startedAt: "2026-01-01T00:00:00Z", finishedAt: "2026-01-01T00:01:00Z" };
const id = (character: string) => character.repeat(64) as ContainerId;

/** Four containers, `one` the oldest. Two were made within the same second. */
const one = sampleContainer({ id: id("1"), name: "one", created: "2026-01-01T00:00:00.5Z" });
const two = sampleContainer({
  id: id("2"),
  name: "two",
  created: "2026-01-01T00:00:01.000000001Z",
  image,
  config: sampleConfig({ Labels: { app: "web", tier: "1" }, ExposedPorts: { "80/tcp": {}, "53/udp": {} } }),
  state: { status: "running", pid: 7, startedAt: times.startedAt },
  ports: [{ containerPort: 80, protocol: "tcp", hostIp: "0.0.0.0", hostPort: 8080 }],
  endpoints: { bridge: { request: {}, networkId: "feed".repeat(16) } },
  health: { status: "healthy", failingStreak: 0, log: [] },
});
const three = sampleContainer({
  id: id("3"),
  name: "three",
  created: "2026-01-01T00:00:01.000000002Z",
  config: sampleConfig({ Labels: { app: "web" }, ExposedPorts: { "80/tcp": {} } }),
  state: { status: "exited", exitCode: 3, oomKilled: false, ...times },
  mounts: [
    {
      type: "volume",
      name: "data",
      source: "/v/data",
      destination: "/srv",
      driver: "local",
      mode: "",
      readOnly: false,
      propagation: "",
      anonymous: false,
      copyUp: true,
    },
  ],
});
const four = sampleContainer({
  id: id("4"),
  name: "four",
  created: "2026-01-02T00:00:00Z",
  state: { status: "paused", pid: 9, startedAt: times.startedAt },
});
const records: ContainerRecord[] = [two, four, one, three];

function names(filters: Record<string, string[]> = {}, options: { all?: boolean; limit?: number } = {}) {
  const query = { all: options.all ?? true, limit: options.limit ?? 0, size: false };
  return selectContainers(
    records,
    { ...query, filters: new Map(Object.entries(filters)) },
    { ancestors: new Set([image]) },
  ).map(({ name }) => name);
}

describe("which containers", () => {
  test("running and paused ones, newest first, to the nanosecond", () => {
    expect(names({}, { all: false })).toEqual(["four", "two"]);
    expect(names()).toEqual(["four", "three", "two", "one"]);
  });

  test("a limit and a status imply all", () => {
    expect(names({}, { all: false, limit: 2 })).toEqual(["four", "three"]);
    expect(names({ status: ["exited"] }, { all: false })).toEqual(["three"]);
    expect(names({ exited: ["3"] }, { all: false })).toEqual([]);
  });

  test("the limit counts what matches", () => {
    expect(names({ label: ["app"] }, { limit: 1 })).toEqual(["three"]);
  });
});

describe("filters", () => {
  test.each<[Record<string, string[]>, string[]]>([
    [{ name: ["o"] }, ["four", "two", "one"]],
    [{ name: ["^/two$"] }, ["two"]],
    [{ name: ["^two$", "four"] }, ["four", "two"]],
    [{ id: ["33"] }, ["three"]],
    [{ id: ["33"], name: ["two"] }, []],
    [{ label: ["app"] }, ["three", "two"]],
    [{ label: ["app=web", "tier"] }, ["two"]],
    [{ status: ["created", "paused"] }, ["four", "one"]],
    [{ exited: ["3"] }, ["three"]],
    [{ exited: ["0"] }, []],
    [{ ancestor: ["x"] }, ["two"]],
    [{ before: ["three"] }, ["two", "one"]],
    [{ before: ["/three"] }, ["two", "one"]],
    [{ since: ["333"] }, ["four"]],
    [{ since: ["one"], before: ["four"] }, ["three", "two"]],
    [{ volume: ["data"] }, ["three"]],
    [{ volume: ["/srv"] }, ["three"]],
    [{ volume: ["/v/data"] }, []],
    [{ network: ["bridge"] }, ["two"]],
    [{ network: ["feed"] }, ["two"]],
    [{ network: ["host"] }, []],
    [{ publish: ["8080"] }, ["two"]],
    [{ publish: ["8000-8100/tcp"] }, ["two"]],
    [{ publish: ["80"] }, []],
    [{ expose: ["80"] }, ["two"]],
    [{ expose: ["53/udp"] }, ["two"]],
    [{ expose: ["53/tcp"] }, []],
    [{ health: ["healthy"] }, ["two"]],
    [{ health: ["none"] }, ["four", "three", "one"]],
    [{ "is-task": ["true"] }, []],
    [{ "is-task": ["false"], label: ["tier"] }, ["two"]],
    [{ isolation: ["default"], label: ["tier"] }, ["two"]],
    [{ isolation: ["hyperv"] }, []],
  ])("%j gives %j", (filters, expected) => {
    expect(names(filters)).toEqual(expected);
  });

  test.each<[Record<string, string[]>, string]>([
    [{ foo: ["x"] }, "invalid filter 'foo'"],
    [{ exited: ["x"] }, `invalid filter 'exited=x': strconv.Atoi: parsing "x": invalid syntax`],
    [
      { status: ["up"] },
      "invalid filter 'status=up': invalid value for state (up): must be one of created, ",
    ],
    [
      { health: ["ill"] },
      "invalid filter 'health=ill': invalid value for health (ill): must be one of none, ",
    ],
    [{ "is-task": ["x"] }, "invalid filter 'is-task=[x]'"],
    [{ before: ["nobody"] }, "No such container: nobody"],
    [{ publish: ["80:80"] }, "filter for 'publish' should not contain ':': 80:80"],
    [
      { expose: ["x"] },
      'error while looking up for expose x: strconv.ParseUint: parsing "x": invalid syntax',
    ],
    [{ expose: ["9-8"] }, "invalid range specified for port: 9-8"],
  ])("%j is refused", (filters, message) => {
    expect(() => names(filters)).toThrow(message);
  });
});
