import { describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clientEngine } from "../setup/client-engine.ts";
import { Terminal } from "../setup/terminal.ts";
import { engineCommand } from "../setup/test-engine.ts";
import { until } from "../setup/until.ts";

const engine = clientEngine();

/** `hull …` at a terminal of its own. */
const terminal = (args: readonly string[], rows = 24, columns = 80, env = {}) =>
  new Terminal([...engineCommand(), ...args], { ...engine.environment, ...env }, rows, columns);

/** In a shell that tells the exit code and how the terminal was left. */
const inShell = (args: readonly string[]) =>
  new Terminal(
    ["sh", "-c", `"$@"; echo "code $?"; stty -a`, "sh", ...engineCommand(), ...args],
    engine.environment,
    24,
    80,
  );

const detach = "\u0010\u0011";

describe("hull run -it", () => {
  test.concurrent("the size is right from the first instant, and follows the window", async () => {
    await using first = terminal(["run", "--rm", "-it", "busybox", "stty", "size"], 33, 111);
    expect(await first.ended()).toBe(0);
    expect(first.seen).toBe("33 111\r\n");
    await using shell = terminal(["run", "--rm", "-it", "busybox", "sh"]);
    await shell.type("trap 'echo changed' WINCH; echo re''ady\n");
    await shell.sees("ready");
    await shell.resize(50, 132);
    await until("the size inside", async () => {
      await shell.type("stty size\n");
      await Bun.sleep(50);
      return shell.seen.includes("50 132");
    });
    await shell.type("exit 5\n");
    expect(await shell.ended()).toBe(5);
  });

  test.concurrent("ctrl-c goes to the program inside, and the terminal is as it was", async () => {
    const script = "trap 'echo caught; exit 9' INT; echo ready; while :; do sleep 0.1; done";
    await using shell = inShell(["run", "--rm", "-it", "busybox", "sh", "-c", script]);
    await shell.sees("ready");
    await shell.type("\u0003");
    await shell.sees("caught");
    await shell.ended();
    expect(shell.seen).toContain("code 9");
    expect(shell.seen.split("code 9")[1]).toMatch(/[^-]icanon.*[^-]echo /s);
  });

  test.concurrent("ctrl-d ends the input", async () => {
    await using shell = terminal(["run", "--rm", "-it", "busybox", "cat"]);
    await shell.type("line\n");
    await shell.sees(/line\r\nline\r\n/);
    await shell.type("\u0004");
    expect(await shell.ended()).toBe(0);
  });

  test.concurrent("detached by keys it runs on; attach comes back, is detached and ends with its code", async () => {
    const name = engine.name("detach");
    await using shell = terminal(["run", "-it", "--name", name, "busybox", "sh"]);
    await shell.type("X=kept; echo re''ady\n");
    await shell.sees("ready");
    await shell.type(detach);
    expect(await shell.ended()).toBe(0);
    expect((await engine.state(name)).Running).toBeTrue();
    await using again = terminal(["attach", name]);
    await until("the shell answers", async () => {
      await again.type("echo still $X\n");
      await Bun.sleep(100);
      return again.seen.includes("still kept");
    });
    await again.type(detach);
    expect(await again.ended()).toBe(1);
    expect(again.seen).toEndWith("read escape sequence\r\n");
    await using last = terminal(["attach", name]);
    // Keys typed before the shell is attached would be lost.
    await until("the shell answers again", async () => {
      await last.type("echo once mo''re\n");
      await Bun.sleep(100);
      return last.seen.includes("once more");
    });
    await last.type("exit 3\n");
    expect(await last.ended()).toBe(3);
    await engine.remove(name);
  });

  test.concurrent("keys of one's own, by flag and by config.json", async () => {
    const config = join(engine.directory, "keys");
    mkdirSync(config);
    writeFileSync(join(config, "config.json"), JSON.stringify({ detachKeys: "ctrl-x,d" }));
    const flag = ["--detach-keys", "ctrl-x,d"];
    for (const [word, more, env] of [
      ["flag", flag, {}],
      ["file", [], { DOCKER_CONFIG: config }],
    ] as const) {
      const name = engine.name(`keys-${word}`);
      await using shell = terminal(["run", "-it", ...more, "--name", name, "busybox", "sh"], 24, 80, env);
      await shell.type("echo re''ady\n");
      await shell.sees("ready");
      await shell.type("\u0018d");
      expect(await shell.ended()).toBe(0);
      expect((await engine.state(name)).Running).toBeTrue();
      await engine.remove(name);
    }
  });

  test.concurrent("killed, it leaves the terminal as it was", async () => {
    const name = engine.name("killed");
    await using shell = inShell(["run", "-it", "--sig-proxy=false", "--name", name, "busybox", "sh"]);
    await shell.type("echo re''ady\n");
    await shell.sees("ready");
    const pids = Bun.spawnSync(["pgrep", "-f", `^[^ ]*.*--name ${name} busybox sh$`]).stdout.toString();
    const mine = pids
      .trim()
      .split("\n")
      .map(Number)
      .filter((pid) => pid !== shell.pid && !isShell(pid));
    expect(mine).toHaveLength(1);
    for (const pid of mine) process.kill(pid, "SIGTERM");
    await shell.ended();
    expect(shell.seen).toContain("code 143");
    expect(shell.seen.split("code 143")[1]).toMatch(/[^-]opost.*[^-]icanon.*[^-]echo /s);
    await engine.remove(name);
  });
});

/** The shell and the pseudo terminal have the whole command line in theirs. */
function isShell(pid: number): boolean {
  const name = Bun.spawnSync(["ps", "-o", "comm=", "-p", String(pid)])
    .stdout.toString()
    .trim();
  return /^(sh|dash|bash|python3.*)$/.test(name);
}

describe("hull exec -it and start -ai", () => {
  test.concurrent("a shell beside: its size, its changes, its exit code", async () => {
    const name = await engine.sleeper("exec");
    await using shell = terminal(["exec", "-it", name, "sh"], 40, 100);
    const size = (wanted: string) =>
      until("the size inside", async () => {
        await shell.type("stty size\n");
        await Bun.sleep(50);
        return shell.seen.includes(wanted);
      });
    await size("40 100");
    await shell.resize(20, 60);
    await size("20 60");
    await shell.type("exit 6\n");
    expect(await shell.ended()).toBe(6);
    await using detached = terminal(["exec", "-it", name, "sh", "-c", "echo up; sleep 77"]);
    await detached.sees("up");
    await detached.type(detach);
    expect(await detached.ended()).toBe(1);
    expect(detached.seen).toContain("read escape sequence");
    expect(await engine.shell(name, "ps | grep -c '[s]leep 77'")).not.toBe("0");
    await engine.remove(name);
  });

  test.concurrent("start -ai", async () => {
    const name = engine.name("startai");
    await engine.ok("create", "-it", "--name", name, "busybox", "sh");
    await using shell = terminal(["start", "-ai", name]);
    await shell.type("echo $((6*7)); exit 4\n");
    await shell.sees("42");
    expect(await shell.ended()).toBe(4);
    await engine.remove(name);
  });
});

describe("without a terminal inside", () => {
  test.concurrent("ctrl-c is handed on as a signal", async () => {
    const script = "trap 'echo caught; exit 7' INT; echo ready; while :; do sleep 0.1; done";
    await using shell = terminal(["run", "--rm", "busybox", "sh", "-c", script]);
    await shell.sees("ready");
    await shell.type("\u0003");
    await shell.sees("caught");
    expect(await shell.ended()).toBe(7);
  });

  test.concurrent("with --sig-proxy=false it ends the client only", async () => {
    const name = engine.name("nosig");
    await using shell = terminal([
      ...["run", "--sig-proxy=false", "--name", name, "busybox", "sh", "-c"],
      "echo ready; sleep 1000",
    ]);
    await shell.sees("ready");
    await shell.type("\u0003");
    await shell.ended();
    expect((await engine.state(name)).Running).toBeTrue();
    await engine.remove(name);
  });
});

describe("a window that is closed", () => {
  test.concurrent.each([
    ["top", "cpu"],
    ["dive", "busybox"],
  ])("ends hull %s", async (word, shown) => {
    await using window = terminal(word === "dive" ? [word, "busybox"] : [word]);
    await window.sees(shown);
    await window.hangUp();
    expect(await window.ended()).toBe(129);
  });
});
