import { describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clientEngine } from "../setup/client-engine.ts";
import { engineCommand } from "../setup/test-engine.ts";
import { until } from "../setup/until.ts";

const engine = clientEngine({ busybox: false });

function start(host: string, environment: Record<string, string>, ...args: string[]) {
  const { DOCKER_TLS_VERIFY, DOCKER_CERT_PATH, ...env } = process.env;
  return Bun.spawn([...engineCommand(), "bootstrap", ...args], {
    env: { ...env, DOCKER_HOST: host, ...environment },
    stdout: "pipe",
    stderr: "pipe",
  });
}

async function finish(child: ReturnType<typeof start>) {
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { code, out, err };
}

const bootstrap = (...args: string[]) => finish(start(engine.host, {}, ...args));

describe("hull bootstrap busybox", () => {
  test("gives the engine an image that runs, the same each time", async () => {
    const tags = ["-t", engine.name("bb"), "-t", `${engine.name("bb")}:2`];
    const first = await bootstrap("busybox", ...tags);
    expect([first.code, first.err]).toEqual([0, expect.stringContaining("to the engine\n")]);
    const [one, two, id, ...rest] = first.out.trim().split("\n");
    expect([one, two, rest]).toEqual([`${engine.name("bb")}:latest`, `${engine.name("bb")}:2`, []]);
    expect(await engine.field(engine.name("bb"), "{{.Id}}")).toBe(id ?? "");
    const again = await bootstrap("busybox:latest", "-q", ...tags);
    expect(again).toEqual({ code: 0, err: "", out: `${id}\n` });
    const script =
      "id -un; readlink -f /proc/self/exe | xargs basename; stat -c %a /tmp /root; cat /etc/passwd";
    const said = await engine.ok("run", "--rm", engine.name("bb"), "sh", "-c", script);
    expect(said.split("\n").slice(0, 4)).toEqual(["root", expect.any(String), "1777", "700"]);
    expect(said).toContain("nobody:x:65534:65534");
  });

  test("writes an archive instead, for an engine elsewhere", async () => {
    const file = join(engine.directory, "bb.tar");
    const host = `unix://${engine.directory}/nobody.sock`;
    const made = await finish(start(host, {}, "busybox", "-o", file, "-t", engine.name("file")));
    expect(made.code).toBe(0);
    expect(await engine.ok("load", "-i", file)).toContain(`${engine.name("file")}:latest`);
    const without = await finish(start(host, {}, "busybox"));
    expect(without.code).toBe(1);
    expect(without.err).toContain(`Cannot connect to the engine at ${host}. Is it running?`);
  });
});

describe("hull bootstrap", () => {
  test("--list says what can be made, and from what", async () => {
    // Nobody answers at the mirror: that is said, and the rest of the list stands.
    const { code, out } = await bootstrap("--list", "--mirror", "http://127.0.0.1:1/debian");
    expect(code).toBe(0);
    const [head, ...rows] = out
      .trim()
      .split("\n")
      .map((line) => line.split(/ {2,}/));
    expect(head).toEqual(["IMAGE", "STATE", "FROM"]);
    expect(rows[0]).toEqual(["busybox", expect.stringMatching(/^ready +\/|^ready$/), expect.any(String)]);
    expect(rows[1]?.slice(0, 2)).toEqual(["debian", "missing"]);
    expect(rows[1]?.[2]).toMatch(/cannot reach the Debian mirror "127.0.0.1:1"|is installed|needs root/);
  });

  test("refuses what it cannot make, in one line", async () => {
    for (const [args, words] of [
      [["alpine"], '"alpine" cannot be made here'],
      [["busybox:1.2"], '"busybox:1.2" cannot be made here'],
      [["debian:../x"], '"debian:../x" cannot be made here'],
      [["debian:sid", "--mirror", "gopher://x"], 'invalid address of a mirror: "gopher://x"'],
      [["busybox", "-t", "UPPER"], "must be lowercase"],
    ] as const) {
      const { code, out, err } = await bootstrap(...args);
      expect([code, out]).toEqual([1, ""]);
      expect(err.trim().split("\n")).toEqual([expect.stringContaining(words)]);
    }
    expect((await bootstrap()).err).toContain("requires the name of a base image, or --list");
  });

  test("Ctrl-C in the middle of a Debian ends what runs and leaves nothing", async () => {
    const directory = mkdtempSync(join(tmpdir(), "hull-bootstrap-"));
    try {
      const { mirror, tools, work } = slowDebian(directory);
      const child = start(
        engine.host,
        { PATH: `${tools}:${process.env.PATH}`, TMPDIR: work },
        "debian:test",
        "--mirror",
        mirror,
      );
      await until("the tool has begun", () => readdirSync(directory).includes("begun"));
      const pid = Number(readFileSync(join(directory, "begun"), "utf8"));
      child.kill("SIGINT");
      const { code, err, out } = await finish(child);
      expect([code, out]).toEqual([130, ""]);
      expect(err).toContain("interrupted, nothing was kept");
      expect(readdirSync(work)).toEqual([]);
      expect(() => process.kill(pid, 0)).toThrow("ESRCH");
      expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(work);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});

/** A mirror of files whose only suite never finishes installing, and has mounted something. */
function slowDebian(directory: string): { mirror: string; tools: string; work: string } {
  const [mirror, tools, work] = ["mirror", "tools", "work"].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(join(mirror, "dists/test"), { recursive: true });
  const release = "Origin: Debian\nSuite: test\nCodename: test\nDate: Sat, 06 Sep 2025 11:17:04 UTC\n";
  writeFileSync(join(mirror, "dists/test/Release"), release);
  mkdirSync(tools);
  mkdirSync(work);
  const script = `#!/bin/sh
mkdir -p $TMPDIR/mounted; mount -t tmpfs none $TMPDIR/mounted; touch $TMPDIR/mounted/x
echo $$ > ${directory}/begun.new; mv ${directory}/begun.new ${directory}/begun
while :; do sleep 1; done
`;
  writeFileSync(join(tools, "mmdebstrap"), script, { mode: 0o755 });
  return { mirror: `file://${mirror}`, tools, work };
}

// Downloads a system and takes a minute: asked for by name.
const slow = process.env.HULL_TEST_RUNS ? test : test.skip;

describe("hull bootstrap debian (HULL_TEST_RUNS, needs a mirror)", () => {
  slow(
    "makes the same image twice, which runs and is what it says",
    async () => {
      const tag = ["-q", "-t", engine.name("debian")];
      const first = await bootstrap("debian:bookworm", ...tag);
      expect([first.code, first.err]).toEqual([0, ""]);
      expect((await bootstrap("debian:bookworm", ...tag)).out).toBe(first.out);
      const script =
        ". /etc/os-release; echo $VERSION_CODENAME; dpkg --audit; apt-get check -qq; ls -A /dev/shm /tmp";
      expect(
        await engine.ok("run", "--rm", "--network=none", engine.name("debian"), "sh", "-c", script),
      ).toBe("bookworm\n/dev/shm:\n\n/tmp:");
    },
    300_000,
  );
});
