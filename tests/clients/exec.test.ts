import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { againstReference, type EngineUnderTest, startEngine } from "../setup/engine-under-test.ts";
import { until } from "../setup/until.ts";

let engine: EngineUnderTest;
beforeAll(async () => {
  engine = await startEngine();
  await engine.ok(
    "run",
    "-d",
    "--name=box",
    "-e",
    "A=1",
    "--user=1:1",
    "-w",
    "/tmp",
    "busybox",
    "sleep",
    "100000",
  );
}, 60_000);
afterAll(() => engine[Symbol.asyncDispose](), 60_000);

const exec = (...args: string[]) => engine.docker("exec", ...args);

describe("docker exec", () => {
  test("passes output and exit code", async () => {
    expect(await exec("box", "sh", "-c", "echo out; echo err >&2; exit 4")).toEqual({
      code: 4,
      out: "out\n",
      err: "err\n",
    });
  });

  test("runs with the container's user, environment and folder, or its own", async () => {
    const script = `id -u; echo $A$B; pwd`;
    expect((await exec("box", "sh", "-c", script)).out).toBe("1\n1\n/tmp\n");
    expect((await exec("-u", "0", "-e", "B=2", "-w", "/etc", "box", "sh", "-c", script)).out).toBe(
      "0\n12\n/etc\n",
    );
  });

  test("-i carries standard input with its end", async () => {
    expect((await engine.dockerWith({ stdin: "a\nb\n" }, "exec", "-i", "box", "wc", "-l")).out).toBe("2\n");
  });

  test("-t gives a terminal", async () => {
    expect((await exec("-t", "box", "sh", "-c", "test -t 1 && echo terminal")).out).toBe("terminal\r\n");
  });

  test("-d returns at once and lets it run", async () => {
    expect((await exec("-d", "box", "sh", "-c", "sleep 0.1; echo x > /tmp/made")).code).toBe(0);
    await until("the file", async () => (await exec("box", "test", "-e", "/tmp/made")).code === 0);
  });

  test("--privileged gives capabilities, without it there are none for a user", async () => {
    const script = ["grep", "CapBnd", "/proc/self/status"];
    expect((await exec("box", ...script)).out).toBe("CapBnd:\t00000000a80425fb\n");
  });

  test("a command that does not exist ends with 127, one that cannot run with 126", async () => {
    // dockerd 20.10 said 126 here, later ones 127.
    expect((await exec("box", "nosuchcommand")).code).toBe(againstReference ? 126 : 127);
    expect((await exec("box", "/etc/passwd")).code).toBe(126);
  });

  test("shares the container's cgroup and namespaces", async () => {
    const { out } = await exec("box", "ps", "-o", "pid,comm");
    expect(out).toMatch(/^ *1 sleep$/m);
  });

  test("many at once, all answered", async () => {
    const results = await Promise.all(
      Array.from({ length: 12 }, (_, index) => exec("box", "echo", String(index))),
    );
    expect(results.map(({ out }) => out.trim())).toEqual(
      Array.from({ length: 12 }, (_, index) => String(index)),
    );
  });

  test("refuses a container that is not there or does not run", async () => {
    const missing = await exec("nosuchcontainer", "true");
    expect(missing).toMatchObject({ code: 1 });
    expect(missing.err).toContain("No such container: nosuchcontainer");
    await engine.ok("create", "--name=idle", "busybox", "true");
    expect((await exec("idle", "true")).err).toMatch(/is not running/);
    await engine.ok("pause", "box");
    expect((await exec("box", "true")).err).toMatch(/is paused, unpause the container before exec/);
    await engine.ok("unpause", "box");
  });

  test("shows in events and inspect while it runs", async () => {
    const { Id } = (await (
      await engine.request("POST", "/containers/box/exec", { Cmd: ["sleep", "100"], AttachStdout: true })
    ).json()) as { Id: string };
    const before = (await (await engine.request("GET", `/exec/${Id}/json`)).json()) as { Running: boolean };
    expect(before.Running).toBe(false);
    await engine.request("POST", `/exec/${Id}/start`, { Detach: true });
    await until("the exec to run", async () => {
      const now = (await (await engine.request("GET", `/exec/${Id}/json`)).json()) as {
        Running: boolean;
        Pid: number;
      };
      return now.Running && now.Pid > 0;
    });
  });
});
