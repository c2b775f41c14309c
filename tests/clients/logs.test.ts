import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { clientEngine, hullOnly } from "../setup/client-engine.ts";
import { until } from "../setup/until.ts";

const hull = clientEngine();

const finished = async (name: string, script: string, ...options: string[]) => {
  await hull.docker("run", "--name", name, ...options, "busybox", "sh", "-c", script);
  return name;
};

/** Runs the client until it has printed the text, then ends it; gives all it printed. */
async function followed(text: string, ...args: string[]): Promise<string> {
  const client = hull.spawnDocker(...args);
  const reader = client.stdout.getReader();
  const decoder = new TextDecoder();
  let seen = "";
  while (!seen.includes(text)) {
    const { value, done } = await reader.read();
    if (done) break;
    seen += decoder.decode(value, { stream: true });
  }
  client.kill();
  await client.exited;
  return seen;
}

describe("reading", () => {
  test.concurrent("both streams, timestamps, details, tail", async () => {
    const name = await finished(
      hull.name("read"),
      "for i in 1 2 3 4 5; do echo out $i; done; sleep 0.2; echo err >&2",
      ...["--label", "who=me", "--log-opt", "labels=who", "-e", "MODE=x", "--log-opt", "env=MODE"],
    );
    const all = await hull.docker("logs", name);
    expect(all).toEqual({ code: 0, out: "out 1\nout 2\nout 3\nout 4\nout 5\n", err: "err\n" });
    const stamped = await hull.docker("logs", "-t", name);
    for (const line of stamped.out.trim().split("\n")) {
      expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z out \d$/);
    }
    expect((await hull.docker("logs", "--details", name)).out.split("\n")[0]).toBe("MODE=x,who=me out 1");
    const tail = await hull.docker("logs", "--tail", "2", name);
    expect(tail.out + tail.err).toBe("out 5\nerr\n");
    expect(await hull.docker("logs", "--tail", "0", name)).toEqual({ code: 0, out: "", err: "" });
    expect((await hull.docker("logs", "-n", "100", name)).out).toBe(all.out);
    await hull.remove(name);
    expect(await hull.fails(1, "logs", "nosuchcontainer")).toContain("No such container: nosuchcontainer");
  });

  test.concurrent("--since and --until", async () => {
    const name = await finished(hull.name("since"), "echo first; sleep 1.2; echo second");
    const lines = (await hull.ok("logs", "-t", name)).split("\n").map((line) => line.split(" "));
    const [first = "", second = ""] = lines.map((line) => line[0] ?? "");
    expect(await hull.ok("logs", "--since", second, name)).toBe("second");
    expect(await hull.ok("logs", "--until", first, name)).toBe("first");
    expect(await hull.ok("logs", "--since", "10m", name)).toBe("first\nsecond");
    expect(await hull.ok("logs", "--until", "10m", name)).toBe("");
    expect(await hull.ok("logs", "--since", "2001-01-01", "--until", first, name)).toBe("first");
    await hull.remove(name);
  });

  test.concurrent("--follow gives the past, what comes, and ends with the container", async () => {
    const name = hull.name("follow");
    const script = "echo past; while ! test -e /go; do sleep 0.05; done; echo future; exit 3";
    await hull.ok("run", "-d", "--init", "--name", name, "busybox", "sh", "-c", script);
    await hull.untilLogged(name, "past");
    expect(await followed("past\n", "logs", "-f", name)).toBe("past\n");
    const client = hull.docker("logs", "-f", "--tail", "0", name);
    // The follower is there once the engine has it; what it misses would fail the test.
    await Bun.sleep(300);
    await hull.shell(name, "touch /go");
    expect(await client).toEqual({ code: 0, out: "future\n", err: "" });
    expect(await hull.ok("logs", "-f", name)).toBe("past\nfuture");
    await hull.remove(name);
  });

  test.concurrent("--follow stops at --until", async () => {
    const name = hull.name("followuntil");
    await hull.ok(
      ...["run", "-d", "--init", "--name", name, "busybox"],
      ...["sh", "-c", "while :; do echo x; sleep 0.1; done"],
    );
    const moment = (Date.now() / 1000 + 1).toFixed(3);
    const { code, out } = await hull.docker("logs", "-f", "-t", "--until", moment, name);
    expect(code).toBe(0);
    const last = out.trim().split("\n").at(-1)?.split(" ")[0] ?? "";
    expect(Date.parse(last) / 1000).toBeLessThanOrEqual(Number(moment));
    await hull.remove(name);
  });

  test.concurrent("logs go on over restarts", async () => {
    const name = await finished(hull.name("again"), "echo run");
    await hull.ok("start", "-a", name);
    expect(await hull.ok("logs", name)).toBe("run\nrun");
    await hull.remove(name);
  });
});

describe("what is written", () => {
  test.concurrent("the file is Docker's json-file", async () => {
    const name = await finished(hull.name("disk"), "echo out; printf 'no newline'; echo err >&2");
    const path = await hull.field(name, "{{.LogPath}}");
    expect(path).toEndWith("-json.log");
    const entries = readFileSync(path, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(entries).toHaveLength(3);
    for (const entry of entries) {
      expect(Object.keys(entry)).toEqual(["log", "stream", "time"]);
      expect(entry.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/);
    }
    expect(entries.map(({ log, stream }) => ({ log, stream }))).toContainEqual({
      log: "no newline",
      stream: "stdout",
    });
    expect(entries.map(({ log, stream }) => ({ log, stream }))).toContainEqual({
      log: "err\n",
      stream: "stderr",
    });
    await hull.remove(name);
    expect(existsSync(path)).toBeFalse();
  });

  test.concurrent("long lines, binary and control characters", async () => {
    const script =
      "head -c 100000 /dev/zero | tr '\\0' x; echo; printf 'a\\033[1m\"q\\\\ \\303\\244 \\t<&>\\n'; printf '\\377\\376raw\\n'";
    const name = hull.name("odd");
    const attached = await hull.docker("run", "--name", name, "busybox", "sh", "-c", script);
    expect(attached.out.split("\n")[0]).toHaveLength(100_000);
    const logged = await hull.docker("logs", name);
    const [long, odd] = logged.out.split("\n");
    expect(long).toHaveLength(100_000);
    expect(odd).toBe('a\u001b[1m"q\\ ä \t<&>');
    expect(logged.out).toContain("raw\n");
    await hull.remove(name);
  });

  test.concurrent("50 MB come through whole, attached and in the log", async () => {
    const script =
      "seq 1 6400000 | head -c 50000000 | tee /dev/stderr 2>/dev/null | md5sum >&2; seq 1 6400000 | head -c 50000000";
    const name = hull.name("big");
    const client = hull.spawnDocker(
      "run",
      "--name",
      name,
      "busybox",
      "sh",
      "-c",
      script.replace("tee /dev/stderr 2>/dev/null | ", ""),
    );
    await client.stdin.end();
    const md5 = async (stream: ReadableStream<Uint8Array>) => {
      const hash = new Bun.CryptoHasher("md5");
      for await (const chunk of stream) hash.update(chunk);
      return hash.digest("hex");
    };
    const [attached, sum] = await Promise.all([md5(client.stdout), client.stderr.text()]);
    expect(await client.exited).toBe(0);
    const wanted = sum.split(" ")[0] ?? "";
    expect(wanted).toHaveLength(32);
    expect(attached).toBe(wanted);
    // Our rotation keeps the newest; Docker keeps all.
    const logs = hull.spawnDocker("logs", "--tail", "1000000", name);
    await logs.stdin.end();
    const text = await logs.stdout.text();
    expect(text).toEndWith(`\n${lastLines()}`);
    await hull.remove(name);
  }, 180_000);
});

/** The end of the first 50 million bytes of the numbers from one. */
function lastLines(): string {
  const run = Bun.spawnSync(["sh", "-c", "seq 1 6400000 | head -c 50000000 | tail -n 3"], { stdout: "pipe" });
  return run.stdout.toString();
}

describe("drivers and rotation", () => {
  hullOnly("Docker's logs grow without end")("rotation is on unless told otherwise", async () => {
    const name = hull.name("rotdefault");
    await hull.ok("create", "--name", name, "busybox");
    const config = (await hull.inspect(name)).HostConfig?.LogConfig;
    expect(config?.Type).toBe("json-file");
    expect(await hull.ok("info", "--format", "{{.LoggingDriver}}")).toBe("json-file");
    await hull.remove(name);
  });

  test.concurrent("max-size and max-file hold", async () => {
    const name = await finished(
      hull.name("rotate"),
      "seq 1 20000",
      ...["--log-opt", "max-size=100k", "--log-opt", "max-file=3"],
    );
    const path = await hull.field(name, "{{.LogPath}}");
    const files = readdirSync(dirname(path)).filter((file) => file.includes("-json.log"));
    expect(files).toHaveLength(3);
    const lines = (await hull.ok("logs", name)).split("\n").map(Number);
    expect(lines.at(-1)).toBe(20000);
    expect(lines.length).toBeGreaterThan(2000);
    expect(lines.length).toBeLessThan(20000);
    expect(lines.every((line, index) => index === 0 || line === (lines[index - 1] ?? 0) + 1)).toBeTrue();
    expect(await hull.ok("logs", "--tail", "3", name)).toBe("19998\n19999\n20000");
    await hull.remove(name);
  });

  hullOnly("20.10 repeats lines after a rotation")("follow goes over rotation", async () => {
    const name = hull.name("rotfollow");
    await hull.ok(
      ...["run", "-d", "--name", name, "--log-opt", "max-size=50k", "--log-opt", "max-file=2"],
      ...[
        "busybox",
        "sh",
        "-c",
        "while ! test -e /go; do sleep 0.05; done; for i in 1 2 3 4 5 6; do seq $((i*1000)) $((i*1000+999)); sleep 0.2; done",
      ],
    );
    const client = hull.docker("logs", "-f", name);
    await Bun.sleep(300);
    await hull.shell(name, "touch /go");
    const lines = (await client).out.trim().split("\n").map(Number);
    expect(lines).toHaveLength(6000);
    expect(lines.every((line, index) => line === index + 1000)).toBeTrue();
    await hull.remove(name);
  });

  test.concurrent("local", async () => {
    const name = await finished(hull.name("local"), "echo out; echo err >&2", "--log-driver", "local");
    expect(await hull.docker("logs", name)).toEqual({ code: 0, out: "out\n", err: "err\n" });
    expect(await hull.ok("logs", "--tail", "1", name)).toBeDefined();
    expect((await hull.inspect(name)).HostConfig?.LogConfig?.Type).toBe("local");
    expect(await hull.ok("logs", "-t", name)).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z out$/);
    await hull.remove(name);
  });

  test.concurrent("none", async () => {
    const name = hull.name("none");
    const run = await hull.docker("run", "--name", name, "--log-driver", "none", "busybox", "echo", "seen");
    expect(run.out).toBe("seen\n");
    expect(await hull.fails(1, "logs", name)).toContain("configured logging driver does not support reading");
    await hull.remove(name);
  });

  test.concurrent("drivers and options nobody knows", async () => {
    expect(await hull.fails(1, "create", "--log-driver", "nosuch", "busybox")).toMatch(
      /logger: no log driver named 'nosuch' is registered|plugin "nosuch" not found/,
    );
    expect(await hull.fails(1, "create", "--log-opt", "nosuch=1", "busybox")).toMatch(
      /unknown log opt 'nosuch' for json-file log driver/,
    );
    const wide = await hull.docker("run", "--rm", "--log-opt", "max-size=wide", "busybox", "true");
    expect(wide.code).toBe(125);
    expect(wide.err).toContain("wide");
  });

  test.concurrent("with a terminal there is one stream", async () => {
    const name = hull.name("tty");
    await hull.ok("run", "-d", "-t", "--name", name, "busybox", "sh", "-c", "echo out; echo err >&2");
    await hull.ok("wait", name);
    await until("all is logged", async () => (await hull.docker("logs", name)).out === "out\r\nerr\r\n");
    await hull.remove(name);
  });
});
