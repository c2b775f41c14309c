import { describe, expect, test } from "bun:test";
import { clientEngine, hullOnly } from "../setup/client-engine.ts";
import { findDocker } from "../setup/docker-cli.ts";
import { Terminal } from "../setup/terminal.ts";
import { until } from "../setup/until.ts";

const hull = clientEngine();

function terminal(args: readonly string[], rows?: number, columns?: number): Terminal {
  return new Terminal([findDocker() ?? "docker", ...hull.labelled(args)], hull.environment, rows, columns);
}

const detach = "\u0010\u0011";

describe("docker run -it", () => {
  test.concurrent("a shell at a terminal", async () => {
    await using shell = terminal(["run", "--rm", "-it", "--name", hull.name("it"), "busybox", "sh"], 33, 111);
    await shell.type("tty; echo term=$TERM\n");
    await shell.sees("/dev/pts/0");
    await shell.sees("term=xterm");
    await shell.type("exit 5\n");
    expect(await shell.ended()).toBe(5);
  });

  hullOnly("20.10 is told the size after the start")("the size is right from the first instant", async () => {
    await using client = terminal(["run", "--rm", "-it", "busybox", "stty", "size"], 33, 111);
    await client.ended();
    expect(client.seen).toBe("33 111\r\n");
  });

  test.concurrent("the size follows the window", async () => {
    await using shell = terminal(["run", "--rm", "-it", "busybox", "sh"], 24, 80);
    await shell.type("trap 'echo changed' WINCH; echo ready\n");
    await shell.sees(/^ready/m);
    await shell.resize(50, 132);
    await until("the size inside", async () => {
      await shell.type("stty size\n");
      await Bun.sleep(50);
      return shell.seen.includes("50 132");
    });
    await shell.type("exit\n");
    expect(await shell.ended()).toBe(0);
  });

  test.concurrent("ctrl-c goes to the program", async () => {
    await using shell = terminal([
      "run",
      "--rm",
      "-it",
      "busybox",
      "sh",
      "-c",
      "trap 'echo caught; exit 9' INT; echo ready; while :; do sleep 0.1; done",
    ]);
    await shell.sees("ready");
    await shell.type("\u0003");
    await shell.sees("caught");
    expect(await shell.ended()).toBe(9);
  });

  test.concurrent("ctrl-d ends the input", async () => {
    await using shell = terminal(["run", "--rm", "-it", "busybox", "cat"]);
    await shell.type("line\n");
    await shell.sees(/line\r\nline\r\n/);
    await shell.type("\u0004");
    expect(await shell.ended()).toBe(0);
  });

  test.concurrent("detach keys leave it running; attach comes back", async () => {
    const name = hull.name("detach");
    await using shell = terminal(["run", "-it", "--name", name, "busybox", "sh"]);
    await shell.type("X=kept; echo re''ady\n");
    await shell.sees("ready");
    await shell.type(detach);
    await shell.ended();
    expect((await hull.state(name)).Running).toBeTrue();
    await using again = terminal(["attach", name]);
    await until("the shell answers", async () => {
      await again.type("echo still $X\n");
      await Bun.sleep(100);
      return again.seen.includes("still kept");
    });
    await again.type("exit 3\n");
    expect(await again.ended()).toBe(3);
    expect((await hull.state(name)).ExitCode).toBe(3);
    await hull.remove(name);
  });

  test.concurrent("--detach-keys of one's own", async () => {
    const name = hull.name("ownkeys");
    await using shell = terminal([
      "run",
      "-it",
      "--detach-keys",
      "ctrl-x,d",
      "--name",
      name,
      "busybox",
      "sh",
    ]);
    await shell.type("echo re''ady\n");
    await shell.sees("ready");
    await shell.type("\u0018d");
    await shell.ended();
    expect((await hull.state(name)).Running).toBeTrue();
    await hull.remove(name);
    const bad = await hull.docker("run", "--rm", "--detach-keys", "ctrl-nonsense", "-i", "busybox", "true");
    expect(bad.code).not.toBe(0);
  });

  test.concurrent("two clients see the same", async () => {
    const name = hull.name("both");
    await using first = terminal(["run", "-it", "--name", name, "busybox", "sh"]);
    await first.type("echo on''e\n");
    await first.sees("one");
    await using second = terminal(["attach", name]);
    await until("both see it", async () => {
      await second.type("echo tw''o\n");
      await Bun.sleep(100);
      return first.seen.includes("two") && second.seen.includes("two");
    });
    await hull.remove(name);
    await Promise.all([first.ended(), second.ended()]);
  });
});

describe("docker exec -it", () => {
  test.concurrent("a shell, its size, its exit code", async () => {
    const name = await hull.sleeper("exec");
    await using shell = terminal(["exec", "-it", name, "sh"], 40, 100);
    await until("the size inside", async () => {
      await shell.type("stty size\n");
      await Bun.sleep(50);
      return shell.seen.includes("40 100");
    });
    await shell.resize(20, 60);
    await until("the new size inside", async () => {
      await shell.type("stty size\n");
      await Bun.sleep(50);
      return shell.seen.includes("20 60");
    });
    await shell.type("exit 6\n");
    expect(await shell.ended()).toBe(6);
    await hull.remove(name);
  });

  test.concurrent("detach keys leave the process running", async () => {
    const name = await hull.sleeper("execdetach");
    await using shell = terminal(["exec", "-it", name, "sh", "-c", "echo up; sleep 77"]);
    await shell.sees("up");
    await shell.type(detach);
    await shell.ended();
    expect(await hull.shell(name, "ps | grep -c '[s]leep 77'")).not.toBe("0");
    await hull.remove(name);
  });
});

describe("terminals elsewhere", () => {
  test.concurrent("-t alone, in the background and with start -ai", async () => {
    const name = hull.name("starttty");
    await hull.ok("create", "-it", "--name", name, "busybox", "sh");
    await using shell = terminal(["start", "-ai", name]);
    await shell.type("echo $((6*7)); exit 4\n");
    await shell.sees("42");
    expect(await shell.ended()).toBe(4);
    expect((await hull.inspect(name)).Config).toMatchObject({ Tty: true, OpenStdin: true });
    await hull.remove(name);
  });

  test.concurrent("a client without a terminal is told so", async () => {
    expect((await hull.docker("run", "--rm", "-it", "busybox", "true")).err).toMatch(/not a (TTY|terminal)/i);
  });
});
