import { describe, expect, test } from "bun:test";
import { notFound } from "../../errors/engine-error.ts";
import type { HostConfig, MountRequest } from "../../records/container-config.ts";
import type { MountPoint } from "../../records/container-record.ts";
import { type MountPlan, planMounts, withVolumeSources } from "./plan-mounts.ts";

const elsewhere: MountPoint[] = [
  decided({
    type: "volume",
    name: "shared",
    source: "/v/shared",
    destination: "/data",
    driver: "local",
    mode: "z",
  }),
  decided({ type: "bind", source: "/ro", destination: "/ro", readOnly: true, propagation: "rprivate" }),
];

function decided(mount: Partial<MountPoint>): MountPoint {
  return {
    type: "bind",
    name: "",
    source: "",
    destination: "",
    driver: "",
    mode: "",
    readOnly: false,
    propagation: "",
    anonymous: false,
    copyUp: false,
    ...mount,
  };
}

type Wishes = Partial<Pick<HostConfig, "Binds" | "Mounts" | "Tmpfs" | "VolumesFrom" | "VolumeDriver">>;

function plan(wishes: Wishes, volumes: Record<string, object> | null = null): MountPlan {
  let count = 0;
  return planMounts({ Binds: null, VolumesFrom: null, VolumeDriver: "", ...wishes }, volumes, {
    sourceExists: (path) => ["/tmp", "/srv", "/"].includes(path),
    mountsOf(container) {
      if (container !== "other") throw notFound(`No such container: ${container}`);
      return elsewhere;
    },
    newVolumeName: () => `anonymous-${count++}`,
    dataRoot: "/var/lib/hull",
  });
}

const spec = (text: string, detail = "") => `invalid volume specification: '${text}'${detail}`;
const config = (type: string, detail: string) => `invalid mount config for type "${type}": ${detail}`;

describe("-v is refused with Docker's words", () => {
  const absolute = "invalid mount path: 'y' mount path must be absolute";
  const cases: readonly [string, string][] = [
    ["", spec("")],
    [":", spec(":")],
    ["a:b:c:d", spec("a:b:c:d")],
    ["/x:rw", spec("/x:rw")],
    [":/y", spec(":/y")],
    ["/x:/y:bad", "invalid mode: bad"],
    ["/x:/y:ro,rw", "invalid mode: ro,rw"],
    ["/x:/y:z,Z", "invalid mode: z,Z"],
    ["/x:/y:cached,delegated", "invalid mode: cached,delegated"],
    ["x:/y:nocopy,nocopy", "invalid mode: nocopy,nocopy"],
    ["/x:/y:ro,", "invalid mode: ro,"],
    ["/x:y", spec("/x:y", `: ${config("bind", absolute)}`)],
    ["x:y", spec("x:y", `: ${config("volume", absolute)}`)],
    ["/x:/", spec("/x:/", `: ${config("bind", "invalid specification: destination can't be '/'")}`)],
    ["/", spec("/", `: ${config("volume", "invalid specification: destination can't be '/'")}`)],
    ["/x::ro", spec("/x::ro", `: ${config("bind", "field Target must not be empty")}`)],
    [
      "/x:/y:nocopy",
      spec("/x:/y:nocopy", `: ${config("bind", "field VolumeOptions must not be specified")}`),
    ],
    [
      "x:/y:rshared",
      spec("x:/y:rshared", `: ${config("volume", "field BindOptions must not be specified")}`),
    ],
  ];
  for (const [text, message] of cases) {
    test(JSON.stringify(text), () => {
      expect(() => plan({ Binds: [text] })).toThrow(new Error(message));
    });
  }
});

describe("--mount is refused with Docker's words", () => {
  const cases: readonly [object, string][] = [
    [{ Type: "bind" }, config("bind", "field Target must not be empty")],
    [{ Type: "bind", Target: "/x" }, config("bind", "field Source must not be empty")],
    [
      { Type: "bind", Target: "x", Source: "/tmp" },
      config("bind", "invalid mount path: 'x' mount path must be absolute"),
    ],
    [
      { Type: "bind", Target: "/x", Source: "tmp" },
      config("bind", "invalid mount path: 'tmp' mount path must be absolute"),
    ],
    [
      { Type: "bind", Target: "/x", Source: "/nope" },
      config("bind", "bind source path does not exist: /nope"),
    ],
    [
      { Type: "bind", Target: "//", Source: "/tmp" },
      config("bind", "invalid specification: destination can't be '/'"),
    ],
    [
      { Type: "bind", Target: "/x", Source: "/tmp", BindOptions: { Propagation: "foo" } },
      config("bind", "invalid propagation mode: foo"),
    ],
    [
      { Type: "bind", Target: "/x", Source: "/tmp", VolumeOptions: { NoCopy: true } },
      config("bind", "field VolumeOptions must not be specified"),
    ],
    [
      { Type: "volume", Target: "/x", BindOptions: {} },
      config("volume", "field BindOptions must not be specified"),
    ],
    [
      { Type: "volume", Target: "/x", ReadOnly: true },
      config("volume", "must not set ReadOnly mode when using anonymous volumes"),
    ],
    [
      { Type: "volume", Target: "/x", Source: "v1", VolumeOptions: { Subpath: "../up" } },
      config("volume", "subpath must be a relative path within the volume"),
    ],
    [
      { Type: "volume", Target: "/x", Source: "v1", VolumeOptions: { Subpath: "/abs" } },
      config("volume", "subpath must be a relative path within the volume"),
    ],
    [
      { Type: "volume", Target: "/x", VolumeOptions: { Subpath: "a" } },
      config("volume", "must not set Subpath when using anonymous volumes"),
    ],
    [{ Type: "tmpfs", Target: "/x", Source: "a" }, config("tmpfs", "field Source must not be specified")],
    [
      { Type: "tmpfs", Target: "/x", BindOptions: {} },
      config("tmpfs", "field BindOptions must not be specified"),
    ],
    [
      { Type: "tmpfs", Target: "/x", TmpfsOptions: { SizeBytes: -5 } },
      config("tmpfs", "invalid tmpfs size: -5"),
    ],
    [{ Type: "foo", Target: "/x" }, config("foo", "mount type unknown")],
    [{ Target: "/x" }, config("", "mount type unknown")],
    [{ Type: "image", Target: "/x" }, 'mounts of type "image" are not supported'],
  ];
  for (const [request, message] of cases) {
    test(JSON.stringify(request), () => {
      expect(() => plan({ Mounts: [request as MountRequest] })).toThrow(new Error(message));
    });
  }
});

describe("conflicts", () => {
  const volume = (target: string): MountRequest => ({ Type: "volume", Target: target });
  const cases: readonly [Wishes, string][] = [
    [{ Binds: ["/a:/x", "/b:/x"] }, "Duplicate mount point: /x"],
    [{ Binds: ["/a:/x", "/b:/x/"] }, "Duplicate mount point: /x"],
    [{ Binds: ["/a:/x"], Tmpfs: { "/x": "" } }, "Duplicate mount point: /x"],
    [{ Binds: ["/a:/x"], Mounts: [volume("/x")] }, "Duplicate mount point: /x"],
    [{ Tmpfs: { "/x": "" }, Mounts: [volume("/x")] }, "Duplicate mount point: /x"],
    [{ Tmpfs: { x: "" } }, "invalid mount path: 'x' mount path must be absolute"],
    [{ Tmpfs: { "/": "" } }, "invalid specification: destination can't be '/'"],
    [{ Tmpfs: { "/x": "foo" } }, 'invalid tmpfs option ["foo"]'],
    [{ Tmpfs: { "/x": "ro,bogus=1" } }, 'invalid tmpfs option ["bogus" "1"]'],
    [{ VolumesFrom: [""] }, "volumes-from specification cannot be an empty string"],
    [{ VolumesFrom: ["nope"] }, "No such container: nope"],
    [{ VolumesFrom: ["other:foo"] }, "invalid mode: foo"],
    [{ VolumesFrom: ["other:rshared"] }, "invalid mode: rshared"],
    [{ VolumesFrom: ["other:nocopy"] }, "invalid mode: nocopy"],
    [{ VolumesFrom: [":ro"] }, 'invalid name or ID supplied: ""'],
  ];
  for (const [wishes, message] of cases) {
    test(JSON.stringify(wishes), () => {
      expect(() => plan(wishes)).toThrow(new Error(message));
    });
  }
});

test("planMounts() decides as `docker inspect` shows it", () => {
  const { mounts, volumes, warnings } = plan(
    {
      Binds: [
        "/tmp:/b:ro",
        "/missing/dir:/m",
        "named:/named",
        "rovol:/ro:ro,z",
        "/srv/:/s/../c:rslave,cached",
      ],
      Mounts: [
        { Type: "tmpfs", Target: "/t3", ReadOnly: true, TmpfsOptions: { SizeBytes: 1 << 20, Mode: 0o700 } },
        { Type: "volume", Source: "vm", Target: "/vm", ReadOnly: true, VolumeOptions: { NoCopy: true } },
        { Type: "bind", Source: "/srv", Target: "/bb", BindOptions: { NonRecursive: true } },
        { Type: "volume", Target: "/vanon", VolumeOptions: { Labels: { a: "b" } } },
      ],
      Tmpfs: { "/t": "size=1m", "/image-tmp": "" },
    },
    { "/anon": {}, "/named/": {}, "/image-tmp": {} },
  );
  expect(mounts).toEqual([
    decided({
      source: "/tmp",
      destination: "/b",
      mode: "ro",
      readOnly: true,
      propagation: "rprivate",
      createSource: true,
    }),
    decided({ source: "/missing/dir", destination: "/m", propagation: "rprivate", createSource: true }),
    decided({
      type: "volume",
      name: "named",
      destination: "/named",
      driver: "local",
      mode: "z",
      copyUp: true,
    }),
    decided({
      type: "volume",
      name: "rovol",
      destination: "/ro",
      driver: "local",
      mode: "ro,z",
      readOnly: true,
      copyUp: true,
    }),
    decided({
      source: "/srv",
      destination: "/c",
      mode: "rslave,cached",
      propagation: "rslave",
      createSource: true,
    }),
    decided({ type: "tmpfs", destination: "/t3", readOnly: true, tmpfsOptions: "ro,mode=700,size=1m" }),
    decided({ type: "volume", name: "vm", destination: "/vm", driver: "local", mode: "z", readOnly: true }),
    decided({ source: "/srv", destination: "/bb", propagation: "rprivate", nonRecursive: true }),
    decided({
      type: "volume",
      name: "anonymous-0",
      destination: "/vanon",
      driver: "local",
      mode: "z",
      anonymous: true,
      copyUp: true,
    }),
    decided({
      type: "volume",
      name: "anonymous-1",
      destination: "/anon",
      driver: "local",
      anonymous: true,
      copyUp: true,
    }),
  ]);
  expect(volumes.map((wish) => [wish.name, wish.anonymous, wish.labels])).toEqual([
    ["named", false, {}],
    ["rovol", false, {}],
    ["vm", false, {}],
    ["anonymous-0", true, { a: "b", "com.docker.volume.anonymous": "" }],
    ["anonymous-1", true, { "com.docker.volume.anonymous": "" }],
  ]);
  expect(warnings).toEqual([
    "bind source path does not exist: /missing/dir: an empty directory is created there when the container starts",
  ]);
});

test("--volumes-from gives way to -v, to --mount and to image volumes it covers", () => {
  const { mounts, volumes } = plan(
    { VolumesFrom: ["other:ro"], Binds: ["own:/ro"] },
    { "/data": {}, "/more": {} },
  );
  expect(mounts.map((mount) => [mount.destination, mount.name, mount.readOnly, mount.mode])).toEqual([
    ["/data", "shared", true, ""],
    ["/ro", "own", false, "z"],
    ["/more", "anonymous-0", false, ""],
  ]);
  expect(volumes.map((wish) => wish.name)).toEqual(["own", "anonymous-0"]);
  const writable = plan({ VolumesFrom: ["other"] }).mounts;
  expect(writable.map((mount) => mount.readOnly)).toEqual([false, true]);
});

test("a driver name goes to volumes, not to binds", () => {
  const { volumes } = plan({ VolumeDriver: "fancy", Binds: ["data:/d", "/tmp:/t"] }, { "/i": {} });
  expect(volumes.map((wish) => wish.driver)).toEqual(["fancy", "fancy"]);
});

test("binds that touch the data root let unmounts through", () => {
  for (const source of ["/", "/var/lib/hull", "/var/lib/hull/volumes", "/var/lib"])
    expect(plan({ Binds: [`${source}:/host`] }).mounts[0]?.propagation).toBe("rslave");
  expect(plan({ Binds: ["/var/lib/hulls:/host"] }).mounts[0]?.propagation).toBe("rprivate");
  expect(() => plan({ Binds: ["/:/host:private"] })).toThrow(
    'invalid mount config: must use either propagation mode "rslave" or "rshared" when mount source is within the daemon root, daemon root: "/var/lib/hull", bind mount source: "/", propagation: "private"',
  );
});

test("options of --mount reach the decision", () => {
  const bind = (BindOptions: MountRequest["BindOptions"], ReadOnly = true) =>
    plan({
      Mounts: [
        {
          Type: "bind",
          Source: "/new",
          Target: "/x",
          ReadOnly,
          BindOptions: { CreateMountpoint: true, ...BindOptions },
        },
      ],
    }).mounts[0];
  expect(bind({})?.createSource).toBe(true);
  expect(bind({ ReadOnlyNonRecursive: true })?.readOnlyScope).toBe("top");
  expect(bind({ ReadOnlyForceRecursive: true })?.readOnlyScope).toBe("all");
  expect(() => bind({ ReadOnlyForceRecursive: true, ReadOnlyNonRecursive: true })).toThrow(
    "mount options conflict",
  );
  expect(() => bind({ ReadOnlyForceRecursive: true }, false)).toThrow("need a read-only mount");
  const { mounts, volumes } = plan({
    Mounts: [
      {
        Type: "volume",
        Source: "v1",
        Target: "/x",
        VolumeOptions: { Subpath: "a/./b/", DriverConfig: { Options: { type: "tmpfs", device: "tmpfs" } } },
      },
    ],
  });
  expect(mounts[0]).toMatchObject({ subpath: "a/b", copyUp: false });
  expect(volumes[0]?.options).toEqual({ type: "tmpfs", device: "tmpfs" });
});

test("withVolumeSources() fills in paths and drivers of volumes only", () => {
  const { mounts } = plan({ Binds: ["data:/d", "/tmp:/t"] });
  const filled = withVolumeSources(mounts, (name) => ({ mountpoint: `/v/${name}`, driver: "local" }));
  expect(filled.map((mount) => mount.source)).toEqual(["/v/data", "/tmp"]);
});
