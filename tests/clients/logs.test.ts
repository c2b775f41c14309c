import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { againstReference, type EngineUnderTest, startEngine } from "../setup/engine-under-test.ts";

let engine: EngineUnderTest;
beforeAll(async () => {
  engine = await startEngine();
}, 60_000);
afterAll(() => engine[Symbol.asyncDispose](), 60_000);

/** Runs a script to its end and gives the container's name. */
async function talked(name: string, script: string, ...flags: string[]): Promise<string> {
  await engine.docker("run", `--name=${name}`, ...flags, "busybox", "sh", "-c", script);
  return name;
}

describe("docker logs", () => {
  test("gives both streams apart, after the container's death", async () => {
    const name = await talked("both", "echo out; echo err >&2; printf partial");
    const { out, err } = await engine.docker("logs", name);
    expect({ out, err }).toEqual({ out: "out\npartial", err: "err\n" });
  });

  test("--tail, --since, --until and --timestamps", async () => {
    const name = await talked("many", "seq 1 20; sleep 1.2; echo late");
    expect(await engine.ok("logs", "--tail=3", name)).toBe("19\n20\nlate");
    expect(await engine.ok("logs", "--tail=0", name)).toBe("");
    const lines = (await engine.ok("logs", "--timestamps", name)).split("\n");
    expect(lines.length).toBe(21);
    const [time = "", text] = lines.at(-1)?.split(" ") ?? [];
    expect(text).toBe("late");
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
    expect(await engine.ok("logs", `--since=${time}`, name)).toBe("late");
    const early = (await engine.ok("logs", `--until=${lines.at(4)?.split(" ")[0]}`, name)).split("\n");
    expect(early.length).toBeLessThan(21);
    expect(early[0]).toBe("1");
  });

  test("--follow gives what comes and ends with the container", async () => {
    await engine.ok(
      "run",
      "-d",
      "--name=follow",
      "busybox",
      "sh",
      "-c",
      "echo first; sleep 0.3; echo second; sleep 0.2; echo third",
    );
    expect(await engine.ok("logs", "--follow", "follow")).toBe("first\nsecond\nthird");
  });

  test("--details shows labels chosen by the log options", async () => {
    const name = await talked(
      "detailed",
      "echo hello",
      "--log-opt=labels=team",
      "--label=team=blue",
      "--log-opt=env=COLOUR",
      "-e",
      "COLOUR=red",
    );
    expect(await engine.ok("logs", "--details", name)).toBe("COLOUR=red,team=blue hello");
  });

  test("keeps long lines and bytes as they are", async () => {
    const name = await talked(
      "long",
      "head -c 50000 /dev/zero | tr '\\0' x; echo; printf 'a\\tb\\001\\303\\251\\n'",
    );
    const [first = "", second] = (await engine.ok("logs", name)).split("\n");
    expect(first.length).toBe(50000);
    expect(second).toBe("a\tb\u0001é");
  });

  test("of a terminal are what the terminal showed", async () => {
    const name = await talked("terminal", "echo hello", "-t");
    expect((await engine.docker("logs", name)).out).toBe("hello\r\n");
  });

  test("json-file writes Docker's lines", async () => {
    const name = await talked("file", "echo hello");
    const path = await engine.ok("inspect", "--format={{.LogPath}}", name);
    const entry = JSON.parse(readFileSync(path, "utf8")) as Record<string, string>;
    expect(entry).toMatchObject({ log: "hello\n", stream: "stdout" });
    expect(Date.parse(entry.time ?? "")).toBeGreaterThan(Date.now() - 60_000);
  });

  test("rotation keeps the newest lines", async () => {
    const name = await talked("rotated", "seq 1 30000", "--log-opt=max-size=64k", "--log-opt=max-file=3");
    const lines = (await engine.ok("logs", name)).split("\n");
    expect(lines.at(-1)).toBe("30000");
    expect(lines.length).toBeLessThan(30000);
    expect(lines.length).toBeGreaterThan(500);
    expect(await engine.ok("logs", "--tail=2", name)).toBe("29999\n30000");
  });

  test("the local driver gives them back, the none driver refuses", async () => {
    const name = await talked("local", "seq 1 100; echo err >&2", "--log-driver=local");
    const { out, err } = await engine.docker("logs", name);
    expect(out.split("\n").length).toBe(101);
    expect(err).toBe("err\n");
    const none = await talked("none", "echo gone", "--log-driver=none");
    expect((await engine.docker("logs", none)).err).toContain(
      "configured logging driver does not support reading",
    );
  });

  test.skipIf(againstReference)("are rotated when nobody asked for it", async () => {
    await engine.ok("create", "--name=default", "busybox");
    const log = JSON.parse(await engine.ok("inspect", "--format={{json .HostConfig.LogConfig}}", "default"));
    expect(log.Type).toBe("json-file");
    const { out } = await engine.docker("run", "--name=talk", "busybox", "sh", "-c", "seq 1 10");
    expect(out.split("\n").length).toBe(11);
  });
});
