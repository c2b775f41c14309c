import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { againstReference, type EngineUnderTest, startEngine } from "../setup/engine-under-test.ts";

let engine: EngineUnderTest;
beforeAll(async () => {
  engine = await startEngine();
}, 60_000);
afterAll(() => engine[Symbol.asyncDispose](), 60_000);

const run = (...args: string[]) => engine.docker("run", "--rm", ...args);

describe("docker run: output and exit codes", () => {
  test("passes standard output and standard error apart, and the exit code", async () => {
    expect(await run("busybox", "sh", "-c", "echo out; echo err >&2; exit 3")).toEqual({
      code: 3,
      out: "out\n",
      err: "err\n",
    });
  });

  test("delivers everything of a burst", async () => {
    const { out, code } = await run("busybox", "sh", "-c", "seq 1 200000");
    expect(code).toBe(0);
    expect(out.length).toBe(1288895);
    expect(out.endsWith("\n200000\n")).toBe(true);
  });

  test("ends with 127 for a command that does not exist", async () => {
    const { code, err } = await run("busybox", "nosuchcommand");
    expect(code).toBe(127);
    expect(err).toContain("nosuchcommand");
  });

  test("ends with 126 for a command that cannot be executed", async () => {
    expect((await run("busybox", "/etc/passwd")).code).toBe(126);
    expect((await run("busybox", "/etc")).code).toBe(126);
  });

  test("ends with 125 when the engine refuses", async () => {
    const { code, err } = await run("--network=nosuchnetwork", "busybox", "true");
    expect(code).toBe(125);
    expect(err).toContain("nosuchnetwork");
  });

  test("ends with 137 for a killed container, 143 for a terminated one", async () => {
    expect((await run("--init", "busybox", "sh", "-c", "kill -KILL $$; sleep 5")).code).toBe(137);
    expect((await run("--init", "busybox", "sh", "-c", "kill -TERM $$; sleep 5")).code).toBe(143);
  });

  test("leaves nothing in the list with --rm, and the container without", async () => {
    await run("--name=gone", "busybox", "true");
    expect((await engine.docker("inspect", "gone")).code).not.toBe(0);
    await engine.ok("run", "--name=stays", "busybox", "true");
    expect(await engine.ok("inspect", "--format={{.State.Status}} {{.State.ExitCode}}", "stays")).toBe(
      "exited 0",
    );
    await engine.ok("rm", "stays");
  });

  test("names the holder of a name that is taken", async () => {
    const id = await engine.ok("create", "--name=taken", "busybox");
    const { code, err } = await engine.docker("create", "--name=taken", "busybox");
    expect(code).toBe(1);
    expect(err).toContain(`The container name "/taken" is already in use by container "${id}"`);
    await engine.ok("rm", "taken");
  });

  test("says which image is missing with --pull=never", async () => {
    const { code, err } = await run("--pull=never", "nosuchimage", "true");
    expect(code).toBe(125);
    expect(err).toContain("No such image: nosuchimage:latest");
  });

  test("writes the id to --cidfile and prints it with -d", async () => {
    const file = join(engine.directory, "cid");
    const id = await engine.ok("run", "-d", `--cidfile=${file}`, "busybox", "sleep", "1000");
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect(readFileSync(file, "utf8")).toBe(id);
    expect(await engine.ok("ps", "-q", "--no-trunc")).toContain(id);
    await engine.ok("rm", "-f", id);
  });
});

describe("docker run: standard input and terminal", () => {
  test("-i carries standard input with its end", async () => {
    const { out, code } = await engine.dockerWith(
      { stdin: "one\ntwo\n" },
      "run",
      "--rm",
      "-i",
      "busybox",
      "cat",
    );
    expect({ out, code }).toEqual({ out: "one\ntwo\n", code: 0 });
  });

  test("-i carries megabytes both ways unchanged", async () => {
    const bytes = Buffer.alloc(8 * 1024 * 1024, "0123456789abcdef\n");
    const { out } = await engine.dockerWith({ stdin: bytes }, "run", "--rm", "-i", "busybox", "md5sum");
    expect(out).toBe(`${new Bun.CryptoHasher("md5").update(bytes).digest("hex")}  -\n`);
    const echoed = await engine.dockerWith({ stdin: bytes }, "run", "--rm", "-i", "busybox", "cat");
    expect(echoed.out.length).toBe(bytes.length);
  });

  test("without -i standard input is empty", async () => {
    expect(await engine.dockerWith({ stdin: "x" }, "run", "--rm", "busybox", "cat")).toEqual({
      code: 0,
      out: "",
      err: "",
    });
  });

  test("-a chooses streams", async () => {
    const { out, err } = await run("-a", "STDERR", "busybox", "sh", "-c", "echo out; echo err >&2");
    expect(out).not.toContain("out");
    expect(err).toBe("err\n");
  });

  test("-t gives a terminal", async () => {
    const { out } = await run("-t", "busybox", "sh", "-c", "tty; test -t 1 && echo terminal");
    expect(out).toBe("/dev/pts/0\r\nterminal\r\n");
  });

  test("--sig-proxy passes signals on", async () => {
    const client = engine.spawnDocker(
      "run",
      "--rm",
      "busybox",
      "sh",
      "-c",
      "trap 'exit 9' TERM; echo ready; while :; do sleep 0.05; done",
    );
    const reader = client.stdout.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe("ready\n");
    client.kill("SIGTERM");
    expect(await client.exited).toBe(9);
  });
});

describe("docker run: what the process sees", () => {
  const sees = async (flags: string[], script: string) => {
    const { out, err, code } = await run(...flags, "busybox", "sh", "-c", script);
    return code === 0 ? out.trim() : `exit code ${code}: ${err.trim()}`;
  };

  test.each<[string[], string, string]>([
    [["-e", "A=1", "-e", "B=x y"], `echo "$A,$B"`, "1,x y"],
    [["-w", "/made/here"], "pwd", "/made/here"],
    [["--hostname=box"], "hostname; grep -c box /etc/hosts", "box\n1"],
    [
      ["--hostname=box", "--domainname=example.org"],
      "hostname; cat /proc/sys/kernel/domainname",
      "box\nexample.org",
    ],
    [["--user=1234:5678"], "id -u; id -g", "1234\n5678"],
    [["--user=daemon"], "id -u; id -g", "1\n1"],
    [["--user=1234", "--group-add=42"], "id -G", "0 42"],
    [["--read-only"], "touch /x 2>&1; echo $?", "touch: /x: Read-only file system\n1"],
    [["--tmpfs=/scratch:size=1m"], "df -m /scratch | tail -1 | tr -s ' ' | cut -d' ' -f2", "1"],
    [["--shm-size=3m"], "df -m /dev/shm | tail -1 | tr -s ' ' | cut -d' ' -f2", "3"],
    [["--ulimit=nofile=77:88"], "ulimit -n; ulimit -Hn", "77\n88"],
    [
      ["--sysctl=net.ipv4.ip_unprivileged_port_start=7"],
      "cat /proc/sys/net/ipv4/ip_unprivileged_port_start",
      "7",
    ],
    [["--cap-drop=ALL"], "grep CapEff /proc/self/status | cut -f2", "0000000000000000"],
    [
      ["--cap-drop=ALL", "--cap-add=NET_ADMIN"],
      "grep CapEff /proc/self/status | cut -f2",
      "0000000000001000",
    ],
    [[], "grep CapEff /proc/self/status | cut -f2", "00000000a80425fb"],
    [[], "grep Seccomp: /proc/self/status | cut -f2", "2"],
    [["--security-opt=seccomp=unconfined"], "grep Seccomp: /proc/self/status | cut -f2", "0"],
    [["--security-opt=no-new-privileges"], "grep NoNewPrivs /proc/self/status | cut -f2", "1"],
    [[], "grep NoNewPrivs /proc/self/status | cut -f2", "0"],
    [["--add-host=friend:10.1.2.3"], "grep friend /etc/hosts | tr '\\t' ' '", "10.1.2.3 friend"],
    [
      ["--dns=9.9.9.9", "--dns-search=example.org", "--dns-option=ndots:2"],
      "grep -v '^#' /etc/resolv.conf | grep . | sort",
      "nameserver 9.9.9.9\noptions ndots:2\nsearch example.org",
    ],
    [["--network=none"], "ls /sys/class/net", "lo"],
    [["--entrypoint=echo"], "hello", "-c hello"],
    [["--init"], "cat /proc/1/cmdline | tr '\\0' ' ' | grep -c -e init -e tini", "1"],
    [["--pid=host"], "test $(cat /proc/1/comm) = sh || echo host", "host"],
    [["--device=/dev/fuse"], "test -c /dev/fuse && echo there", "there"],
    [["--oom-score-adj=77"], "cat /proc/self/oom_score_adj", "77"],
    [["--mount=type=tmpfs,dst=/t,tmpfs-size=2m"], "df -m /t | tail -1 | tr -s ' ' | cut -d' ' -f2", "2"],
  ])("%p", async (flags, script, expected) => {
    if (flags[0] === "--entrypoint=echo") {
      expect((await run(...flags, "busybox", "-c", script)).out.trim()).toBe(expected);
    } else expect(await sees(flags, script)).toBe(expected);
  });

  // dockerd 20.10 speaks API 1.41 only, and asks for capabilities this machine may not have.
  test.skipIf(againstReference)("--mac-address", async () => {
    const script = "cat /sys/class/net/eth0/address";
    expect(await sees(["--mac-address=02:42:ac:11:00:99"], script)).toBe("02:42:ac:11:00:99");
  });

  test.skipIf(againstReference)(
    "--privileged gives all capabilities of the machine and its devices",
    async () => {
      const bounding = /^CapBnd:\t(\w+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "";
      const script = "grep CapEff /proc/self/status | cut -f2; test -c /dev/kmsg && echo there";
      expect(await sees(["--privileged"], script)).toBe(`${bounding}\nthere`);
    },
  );

  test("HOSTNAME, HOME and PATH are set, TERM with a terminal", async () => {
    const { out } = await run("-t", "busybox", "env");
    const names = out.split("\r\n").map((line) => line.split("=")[0]);
    for (const name of ["HOSTNAME", "HOME", "PATH", "TERM"]) expect(names).toContain(name);
  });

  test("--env-file and --label-file are read, --label shows in inspect", async () => {
    const file = join(engine.directory, "words");
    writeFileSync(file, "# comment\nA=from file\nB=2\n");
    expect(await sees([`--env-file=${file}`], `echo "$A $B"`)).toBe("from file 2");
    const id = await engine.ok("create", `--label-file=${file}`, "--label=c=d", "busybox");
    expect(JSON.parse(await engine.ok("inspect", "--format={{json .Config.Labels}}", id))).toEqual({
      A: "from file",
      B: "2",
      c: "d",
    });
    await engine.ok("rm", id);
  });

  test("memory, cpu and pids limits are in the cgroup, seen from inside", async () => {
    const script =
      "cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null; cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max 2>/dev/null; cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us 2>/dev/null || cut -d' ' -f1 /sys/fs/cgroup/cpu.max";
    expect(await sees(["--memory=64m", "--pids-limit=55", "--cpus=0.5"], script)).toBe("67108864\n55\n50000");
  });

  test("a container that asks for too much memory is killed, and inspect says so", async () => {
    const script = "head -c 200m /dev/zero | tail -c 100m >/dev/null";
    const { code } = await engine.docker(
      "run",
      "--name=oom",
      "--memory=16m",
      "--memory-swap=16m",
      "busybox",
      "sh",
      "-c",
      `exec tail -c 100m /dev/zero # ${script}`,
    );
    expect(code).toBe(137);
    expect(await engine.ok("inspect", "--format={{.State.OOMKilled}}", "oom")).toBe("true");
    await engine.ok("rm", "oom");
  });

  test("namespaces of another container are shared", async () => {
    const id = await engine.ok(
      "run",
      "-d",
      "--hostname=first",
      "--name=first",
      "--ipc=shareable",
      "busybox",
      "sleep",
      "1000",
    );
    expect(await sees(["--network=container:first"], "hostname")).toBe("first");
    expect(await sees(["--pid=container:first"], "cat /proc/1/cmdline | tr '\\0' ' '")).toBe("sleep 1000");
    const inode = await engine.ok("exec", "first", "readlink", "/proc/self/ns/ipc");
    expect(await sees(["--ipc=container:first"], "readlink /proc/self/ns/ipc")).toBe(inode);
    await engine.ok("rm", "-f", id);
  });

  test("masked and read-only paths are in place", async () => {
    expect(
      await sees([], "cat /proc/kcore | wc -c; ls /proc/acpi /sys/firmware 2>/dev/null | grep -v : | wc -w"),
    ).toBe("0\n0");
    expect(await sees([], "echo 1 > /proc/sys/kernel/panic || echo refused")).toContain("refused");
  });
});

describe("docker run: what is refused", () => {
  test.each<[string[], number, RegExp]>([
    [["--memory=1k"], 125, /[Mm]inimum memory limit/],
    [["--cap-add=NONSENSE"], 125, /CAP_NONSENSE|NONSENSE/],
    [["--sysctl=kernel.nonsense=1", "--network=host", "--ipc=host"], 125, /nonsense/],
    // The client itself makes 127 of "no such file or directory" when a start fails.
    [["--device=/dev/nosuchdevice"], 127, /nosuchdevice/],
    [["--security-opt=nonsense=1"], 125, /nonsense/],
    [["-v", "relative path:/x"], 125, /relative path/],
    [["-v", "/tmp:relative"], 125, /relative/],
    [["--mount=type=bind,src=/nosuchsource,dst=/x"], 125, /nosuchsource/],
    [["--runtime=nosuchruntime"], 125, /nosuchruntime/],
    [["--network=container:nosuchcontainer"], 125, /nosuchcontainer/],
    [["--gpus=all"], 125, /device|gpu/i],
    [["--log-driver=nosuchdriver"], 125, /nosuchdriver/],
    [["--restart=always", "--name=a b"], 125, /a b|Invalid container name/],
  ])("%p", async (flags, code, sentence) => {
    const result = await engine.docker("run", ...flags, "busybox", "true");
    await engine.docker("container", "prune", "-f");
    expect(result.err).toMatch(sentence);
    expect(result.code).toBe(code);
  });
});

describe.skipIf(againstReference)("docker run: kinder than Docker", () => {
  test("says to the attached client that memory ran out", async () => {
    const { code, err } = await run(
      "--memory=16m",
      "--memory-swap=16m",
      "busybox",
      "tail",
      "-c",
      "100m",
      "/dev/zero",
    );
    expect(code).toBe(137);
    expect(err).toMatch(/memory/);
  });

  test("says what is wrong with the file that should run", async () => {
    const script = join(engine.directory, "scripts");
    Bun.spawnSync(["mkdir", "-p", script]);
    writeFileSync(join(script, "crlf"), "#!/bin/sh\r\necho\r\n", { mode: 0o755 });
    writeFileSync(join(script, "interpreter"), "#!/usr/bin/nosuchinterpreter\n", { mode: 0o755 });
    writeFileSync(join(script, "plain"), "#!/bin/sh\n", { mode: 0o644 });
    const says = async (name: string) => (await run("-v", `${script}:/s`, "busybox", `/s/${name}`)).err;
    expect(await says("crlf")).toMatch(/CRLF|carriage return|line ending/i);
    expect(await says("interpreter")).toContain("/usr/bin/nosuchinterpreter");
    expect(await says("plain")).toMatch(/permission denied|not executable/i);
    expect(existsSync(script)).toBe(true);
  });
});
