import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { TestEngine } from "../setup/test-engine.ts";

let engine: TestEngine;
beforeAll(async () => {
  engine = await TestEngine.start();
  await engine.ok("run", "--rm", "busybox", "true");
}, 60_000);
afterAll(() => engine[Symbol.asyncDispose](), 60_000);

/** The bar is 500; a quick run does fewer. */
const runs = Number(process.env.HULL_TEST_RUNS ?? 40);

describe("the engine", () => {
  test(`leaves nothing behind after ${runs} times run --rm`, async () => {
    await Promise.all(
      Array.from({ length: 4 }, () => engine.ok("run", "--rm", "-p", "80", "busybox", "true")),
    );
    const before = engine.footprint();
    let left = runs;
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        while (left-- > 0) await engine.ok("run", "--rm", "busybox", "true");
      }),
    );
    await engine.assertNothingLeaked(before);
  }, 300_000);

  test("starts 50 containers 8 at a time and loses none", async () => {
    const before = engine.footprint();
    let left = 50;
    const ids: string[] = [];
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        while (left-- > 0) ids.push(await engine.ok("run", "-d", "busybox", "sleep", "100000"));
      }),
    );
    expect((await engine.ok("ps", "-q", "--no-trunc")).split("\n").sort()).toEqual([...ids].sort());
    await engine.ok("rm", "-f", ...ids);
    await engine.assertNothingLeaked(before);
  }, 120_000);

  test("survives bad bodies of create and leaves nothing of them", async () => {
    // The test's own keep-alive connection is one of the engine's open files: make it first.
    await engine.request("GET", "/_ping");
    const before = engine.footprint();
    const pid = engine.pid;
    for (const body of bodies()) {
      const response = await engine.request("POST", "/v1.51/containers/create", body, {
        "content-type": "application/json",
      });
      const answer = (await response.json()) as { Id?: string; message?: string };
      if (response.status === 201) {
        const removed = await engine.request("DELETE", `/containers/${answer.Id}?force=1&v=1`);
        expect(removed.status).toBe(204);
      } else {
        expect(
          `${response.status} ${JSON.stringify(body instanceof Uint8Array ? "bytes" : body).slice(0, 200)}`,
        ).toMatch(/^4\d\d /);
        expect(answer.message).toBeTruthy();
      }
    }
    expect(engine.pid).toBe(pid);
    expect(await engine.ok("run", "--rm", "busybox", "echo", "alive")).toBe("alive");
    await engine.assertNothingLeaked(before);
  }, 60_000);
});

/** Wrong types, huge, nested, unicode and negative values in every place that takes one. */
function* bodies(): Generator<unknown> {
  const text = (value: string) => new TextEncoder().encode(value);
  yield* ["", "{", "null", "[]", "1", '"x"', `{"Image":"busybox"`, "\u0000", `{"Image":"busybox"} x`].map(
    text,
  );
  yield text(`${"[".repeat(20000)}${"]".repeat(20000)}`);
  yield text(`{"Image":${'{"a":'.repeat(5000)}1${"}".repeat(5000)}}`);
  const nasty: unknown[] = [
    null,
    true,
    -1,
    1e300,
    0.5,
    "",
    "\u0000",
    "😀\ud800",
    "../../etc",
    "x".repeat(70_000),
    [],
    [null],
    [[]],
    {},
    { a: { b: {} } },
    [1, "a"],
  ];
  const fields = [
    "Image",
    "Cmd",
    "Entrypoint",
    "Env",
    "Labels",
    "User",
    "WorkingDir",
    "Hostname",
    "ExposedPorts",
    "Volumes",
    "Tty",
    "StopSignal",
    "StopTimeout",
    "Healthcheck",
    "HostConfig",
    "NetworkingConfig",
  ];
  const hostFields = [
    "Binds",
    "Memory",
    "NanoCpus",
    "CpuShares",
    "PortBindings",
    "NetworkMode",
    "RestartPolicy",
    "Mounts",
    "Tmpfs",
    "CapAdd",
    "Dns",
    "ExtraHosts",
    "LogConfig",
    "PidMode",
    "IpcMode",
    "Ulimits",
    "Sysctls",
    "Devices",
    "ShmSize",
    "SecurityOpt",
    "GroupAdd",
    "Links",
    "VolumesFrom",
    "Runtime",
    "Init",
    "OomScoreAdj",
    "PidsLimit",
    "BlkioWeight",
    "Annotations",
    "UsernsMode",
  ];
  for (const value of nasty) {
    for (const field of fields) yield { Image: "busybox", [field]: value };
    for (const field of hostFields) yield { Image: "busybox", HostConfig: { [field]: value } };
  }
  yield { Image: "busybox", HostConfig: { PortBindings: { "99999/tcp": [{ HostPort: "-1" }] } } };
  yield { Image: "busybox", HostConfig: { PortBindings: { "80/xyz": [{ HostPort: "1" }] } } };
  yield { Image: "busybox", HostConfig: { Mounts: [{ Type: "weird", Target: "/x" }] } };
  yield { Image: "busybox", HostConfig: { Mounts: [{ Type: "bind", Source: "/proc/../..", Target: "/" }] } };
  yield { Image: "busybox", HostConfig: { Binds: ["/:/", "a:b:c:d:e", ":", "/x:/y:zz,zz"] } };
  yield { Image: "busybox", Env: ["=x", "A\u0000=1"] };
  yield {
    Image: "busybox",
    Labels: Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`k${index}`, "v"])),
  };
}
