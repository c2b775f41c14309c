import { describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clientEngine, expected, hullOnly, onReference } from "../setup/client-engine.ts";
import { until } from "../setup/until.ts";

const hull = clientEngine();

describe("output and exit codes", () => {
  test.concurrent("standard output and error stay apart", async () => {
    const script = "echo out; echo err >&2; printf 'no newline'";
    expect(await hull.docker("run", "--rm", "busybox", "sh", "-c", script)).toEqual({
      code: 0,
      out: "out\nno newline",
      err: "err\n",
    });
  });

  test.concurrent("the container's own exit code is the client's", async () => {
    expect((await hull.docker("run", "--rm", "busybox", "true")).code).toBe(0);
    expect((await hull.docker("run", "--rm", "busybox", "sh", "-c", "exit 3")).code).toBe(3);
    const name = hull.name("killed");
    const client = hull.docker("run", "--name", name, "busybox", "sleep", "1000");
    await until("the container runs", async () => (await hull.docker("kill", name)).code === 0);
    expect((await client).code).toBe(137);
    expect(await hull.state(name)).toMatchObject({ ExitCode: 137, OOMKilled: false, Status: "exited" });
    await hull.remove(name);
    expect((await hull.docker("run", "--rm", "busybox", "sh", "-c", "exit 255")).code).toBe(255);
  });

  test.concurrent("125 for an option the client does not know", async () => {
    expect(await hull.fails(125, "run", "--rm", "--no-such-option", "busybox", "true")).toContain(
      "unknown flag: --no-such-option",
    );
  });

  test.concurrent("125 for what the engine refuses", async () => {
    expect(await hull.fails(125, "run", "--rm", "--memory", "1m", "busybox", "true")).toContain(
      "Minimum memory limit allowed is 6MB",
    );
  });

  test.concurrent("127 for a program that is not there", async () => {
    const error = await hull.fails(127, "run", "--rm", "busybox", "no-such-program");
    expect(error).toContain("no-such-program");
    expect(error).toContain("executable file not found in $PATH");
    const absolute = await hull.fails(127, "run", "--rm", "busybox", "/no/such/program");
    expect(absolute).toContain("no such file or directory");
  });

  test.concurrent("126 for a file that cannot be run and for a directory", async () => {
    expect(await hull.fails(126, "run", "--rm", "busybox", "/etc/passwd")).toContain("permission denied");
    expect(await hull.fails(126, "run", "--rm", "busybox", "/etc")).toMatch(
      /is a directory|permission denied/i,
    );
  });

  test.concurrent("a container whose start failed stays as created, with the reason", async () => {
    const name = hull.name("badstart");
    await hull.fails(127, "run", "-d", "--name", name, "busybox", "no-such-program");
    const state = await hull.state(name);
    expect(state.Status).toBe("created");
    expect(state.ExitCode).toBe(127);
    expect(state.Error).toContain("no-such-program");
    await hull.remove(name);
  });

  hullOnly("Docker does not look into the file")(
    "a failed start says what is wrong with the file",
    async () => {
      const folder = join(hull.directory, "bad-programs");
      const { mkdirSync } = await import("node:fs");
      mkdirSync(folder);
      writeFileSync(join(folder, "crlf"), "#!/bin/sh\r\necho hi\r\n", { mode: 0o755 });
      writeFileSync(join(folder, "interpreter"), "#!/no/such/interpreter\n", { mode: 0o755 });
      const run = (path: string) => hull.docker("run", "--rm", "-v", `${folder}:/x`, "busybox", `/x/${path}`);
      const crlf = await run("crlf");
      expect([126, 127]).toContain(crlf.code);
      expect(crlf.err).toMatch(/CRLF|carriage return|line ending/i);
      const interpreter = await run("interpreter");
      expect([126, 127]).toContain(interpreter.code);
      expect(interpreter.err).toContain("/no/such/interpreter");
    },
  );
});

describe("standard input", () => {
  test.concurrent("-i takes a pipe and passes its end on", async () => {
    const result = await hull.dockerWith({ stdin: "one\ntwo\n" }, "run", "--rm", "-i", "busybox", "cat");
    expect(result).toEqual({ code: 0, out: "one\ntwo\n", err: "" });
    const count = await hull.dockerWith(
      { stdin: new Uint8Array(3_000_000).fill(120) },
      ...["run", "--rm", "-i", "busybox", "wc", "-c"],
    );
    expect(count.out.trim()).toBe("3000000");
  });

  test.concurrent("output goes on after the end of input", async () => {
    const result = await hull.dockerWith(
      { stdin: "ask" },
      ...["run", "--rm", "-i", "busybox", "sh", "-c", "cat; sleep 0.3; echo; echo answer"],
    );
    expect(result.out).toBe("ask\nanswer\n");
  });

  test.concurrent("without -i there is no input", async () => {
    const result = await hull.dockerWith({ stdin: "lost" }, "run", "--rm", "busybox", "cat");
    expect(result).toEqual({ code: 0, out: "", err: "" });
  });

  test.concurrent("-i talks while the container runs", async () => {
    const client = hull.spawnDocker("run", "--rm", "-i", "busybox", "cat");
    const reader = client.stdout.getReader();
    const decoder = new TextDecoder();
    for (const word of ["first\n", "second\n"]) {
      client.stdin.write(word);
      await client.stdin.flush();
      const { value } = await reader.read();
      expect(decoder.decode(value)).toBe(word);
    }
    await client.stdin.end();
    expect(await client.exited).toBe(0);
  });

  test.concurrent("-a attaches only what is asked for", async () => {
    const script = "echo out; echo err >&2";
    const one = await hull.docker("run", "--rm", "-a", "STDERR", "busybox", "sh", "-c", script);
    expect(one).toEqual({ code: 0, out: "", err: "err\n" });
    const other = await hull.docker("run", "--rm", "-a", "stdout", "busybox", "sh", "-c", script);
    expect(other).toEqual({ code: 0, out: "out\n", err: "" });
  });
});

describe("in the background", () => {
  test.concurrent("-d prints the id; logs and wait give the rest", async () => {
    const script = "echo out; echo err >&2; exit 4";
    const id = await hull.ok("run", "-d", "--name", hull.name("bg"), "busybox", "sh", "-c", script);
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect(await hull.ok("wait", id)).toBe("4");
    expect(await hull.docker("logs", id.slice(0, 12))).toEqual({ code: 0, out: "out\n", err: "err\n" });
    expect((await hull.state(id)).ExitCode).toBe(4);
    await hull.remove(id);
    expect(await hull.fails(1, "logs", id)).toContain(`No such container: ${id}`);
  });

  test.concurrent("--rm removes after the end, in the background too", async () => {
    const name = hull.name("gone");
    await hull.ok("run", "-d", "--rm", "--name", name, "busybox", "sleep", "0.2");
    await until("the container is removed", async () => (await hull.docker("inspect", name)).code === 1);
  });

  test.concurrent("-d and -a are refused together by the client", async () => {
    expect(await hull.fails(1, "run", "-d", "-a", "stdout", "busybox", "true")).toContain(
      "conflicting options",
    );
  });

  test.concurrent("a name is given once", async () => {
    const name = hull.name("twice");
    const id = await hull.ok("create", "--name", name, "busybox", "true");
    const error = await hull.fails(125, "run", "--name", name, "busybox", "true");
    expect(error).toContain(
      `Conflict. The container name "/${name}" is already in use by container "${id}". You have to remove (or rename) that container to be able to reuse that name.`,
    );
    await hull.remove(name);
    expect(await hull.fails(1, "create", "--name", "a/b", "busybox")).toContain(
      "Invalid container name (a/b), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed",
    );
  });

  test.concurrent("--cidfile holds the id and must not be there before", async () => {
    const file = join(hull.directory, "cid");
    const id = await hull.ok("create", "--cidfile", file, "busybox", "true");
    expect(readFileSync(file, "utf8")).toBe(id);
    expect(await hull.fails(1, "create", "--cidfile", file, "busybox", "true")).toContain(
      "container ID file found",
    );
    await hull.remove(id);
  });

  test.concurrent("a name nobody chose is two words", async () => {
    const id = await hull.ok("create", "busybox");
    expect(await hull.field(id, "{{.Name}}")).toMatch(/^\/[a-z]+_[a-z]+\d?$/);
    await hull.remove(id);
  });
});

describe("what the program gets", () => {
  test.concurrent("-e, --env-file, -w, --entrypoint and the defaults", async () => {
    const file = join(hull.directory, "env");
    writeFileSync(file, "# comment\nFROM_FILE=1 2\nTHROUGH\nABSENT\n");
    const { code, out } = await hull.dockerWith(
      { env: { THROUGH: "passed" } },
      ...["run", "--rm", "--env-file", file, "-e", "A=b=c", "-e", "THROUGH", "-e", "EMPTY="],
      ...["-w", "/new/folder", "--hostname", "box", "busybox", "sh", "-c", "env; pwd"],
    );
    expect(code).toBe(0);
    const lines = out.trim().split("\n");
    for (const line of ["FROM_FILE=1 2", "A=b=c", "THROUGH=passed", "EMPTY=", "HOSTNAME=box", "HOME=/root"]) {
      expect(lines).toContain(line);
    }
    expect(lines).toContain("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    expect(lines.some((line) => line.startsWith("ABSENT"))).toBeFalse();
    expect(lines.at(-1)).toBe("/new/folder");
  });

  test.concurrent("--entrypoint, and emptied", async () => {
    expect(await hull.ok("run", "--rm", "--entrypoint", "echo", "busybox", "a b", "c")).toBe("a b c");
    const name = hull.name("entry");
    await hull.ok("create", "--name", name, "--entrypoint", "", "busybox", "echo", "x");
    expect(await hull.ok("start", "-a", name)).toBe("x");
    const { Path, Args, Config } = await hull.inspect(name);
    expect({ Path, Args, Cmd: Config?.Cmd }).toEqual({ Path: "echo", Args: ["x"], Cmd: ["echo", "x"] });
    await hull.remove(name);
  });

  test.concurrent("no command at all", async () => {
    const name = hull.name("nocmd");
    await hull.ok("create", "--name", name, "busybox");
    expect((await hull.inspect(name)).Config?.Cmd).toEqual(["sh"]);
    await hull.remove(name);
    // An emptied entry point takes the image's command away with it.
    expect(await hull.fails(125, "run", "--rm", "--entrypoint", "", "busybox")).toMatch(
      /[Nn]o command specified/,
    );
  });

  test.concurrent("--user by name, number, with group, and unknown", async () => {
    const who = "id -u; id -g; id -G; echo $HOME";
    expect(await hull.once(["--user", "nobody"], who)).toMatch(/^65534\n65534\n65534\n\//);
    expect(await hull.once(["--user", "1234"], who)).toBe("1234\n0\n0\n/");
    expect(await hull.once(["--user", "1234:5678"], who)).toBe("1234\n5678\n5678\n/");
    expect(await hull.once(["--user", "nobody:root"], "id -g")).toBe("0");
    expect(await hull.once(["--user", "12", "--group-add", "nogroup", "--group-add", "777"], "id -G")).toBe(
      "0 777 65534",
    );
    const code = expected(126, { reference: 125, reason: "newer versions resolve users in the runtime" });
    const bad = await hull.docker("run", "--rm", "--user", "nosuchuser", "busybox", "true");
    expect([125, code]).toContain(bad.code);
    expect(bad.err).toContain("unable to find user nosuchuser: no matching entries in passwd file");
    const group = await hull.docker("run", "--rm", "--user", "0:nosuchgroup", "busybox", "true");
    expect(group.err).toContain("unable to find group nosuchgroup: no matching entries in group file");
  });

  test.concurrent("--hostname and --domainname", async () => {
    const seen = await hull.once(
      ["--hostname", "web1", "--domainname", "example.test"],
      "hostname; cat /etc/hostname; grep web1 /etc/hosts; cat /proc/sys/kernel/domainname",
    );
    const [host, file, hosts, domain] = seen.split("\n");
    expect(host).toBe("web1");
    expect(file).toBe("web1");
    expect(hosts).toMatch(/^\d+\.\d+\.\d+\.\d+\tweb1\.example\.test web1$/);
    expect(domain).toBe("example.test");
    const id = await hull.ok("create", "busybox", "hostname");
    expect(await hull.ok("start", "-a", id)).toBe(id.slice(0, 12));
    await hull.remove(id);
  });

  test.concurrent("--label, --label-file and --annotation", async () => {
    const file = join(hull.directory, "labels");
    writeFileSync(file, "from.file=yes\n# comment\n");
    const name = hull.name("labels");
    const annotation = onReference ? [] : ["--annotation", "note=here"];
    await hull.ok(
      ...["create", "--name", name, "--label", "a=b=c", "-l", "bare", "--label-file", file],
      ...[...annotation, "busybox"],
    );
    const { Config, HostConfig } = await hull.inspect(name);
    expect(Config?.Labels).toMatchObject({ a: "b=c", bare: "", "from.file": "yes" });
    if (!onReference) expect(HostConfig?.Annotations).toEqual({ note: "here" });
    await hull.remove(name);
  });

  hullOnly("20.10 knows no annotations")("annotations cannot steer the runtime", async () => {
    const error = await hull.fails(
      1,
      ...["create", "--annotation", "run.oci.seccomp_bpf_data=AAAA", "busybox"],
    );
    expect(error).toContain("run.oci.seccomp_bpf_data");
  });

  test.concurrent("--read-only, --tmpfs and --shm-size", async () => {
    const seen = await hull.once(
      ["--read-only", "--tmpfs", "/scratch:size=2m,mode=700,exec", "--shm-size", "3m"],
      "touch /file 2>&1; touch /scratch/x /dev/shm/y && echo written; df -k /scratch /dev/shm | awk 'NR>1{print $2}'; grep ' /scratch ' /proc/mounts; stat -c %a /scratch",
    );
    const lines = seen.split("\n");
    expect(lines[0]).toContain("Read-only file system");
    expect(lines.slice(1, 4)).toEqual(["written", "2048", "3072"]);
    expect(lines[4]).toMatch(/^tmpfs \/scratch tmpfs rw,nosuid,nodev,/);
    expect(lines[4]).not.toContain("noexec");
    expect(lines[5]).toBe("700");
    expect(await hull.once(["--tmpfs", "/t"], "grep ' /t ' /proc/mounts")).toContain("noexec");
    expect(await hull.once([], "df -k /dev/shm | awk 'NR>1{print $2}'")).toBe("65536");
  });

  test.concurrent("--init reaps and passes signals on", async () => {
    const name = hull.name("init");
    await hull.ok("run", "-d", "--init", "--name", name, "busybox", "sleep", "1000");
    expect(await hull.shell(name, "cat /proc/1/comm; cat /proc/1/cmdline | tr '\\0' ' '")).toMatch(
      /init|tini/,
    );
    const begun = Date.now();
    await hull.ok("stop", name);
    expect(Date.now() - begun).toBeLessThan(5000);
    expect((await hull.state(name)).ExitCode).toBe(143);
    await hull.remove(name);
  });

  test.concurrent("--stop-signal and --stop-timeout", async () => {
    const name = hull.name("stopsignal");
    const script = "trap 'echo usr1; exit 7' USR1; trap '' TERM; echo ready; while :; do sleep 0.1; done";
    await hull.ok("run", "-d", "--name", name, "--stop-signal", "USR1", "busybox", "sh", "-c", script);
    await hull.untilLogged(name, "ready");
    await hull.ok("stop", name);
    expect((await hull.state(name)).ExitCode).toBe(7);
    expect(await hull.ok("logs", name)).toBe("ready\nusr1");
    await hull.remove(name);
    await hull.ok("run", "-d", "--name", name, "--stop-timeout", "1", "busybox", "sh", "-c", script);
    await hull.untilLogged(name, "ready");
    const begun = Date.now();
    await hull.ok("stop", name);
    const took = Date.now() - begun;
    expect(took).toBeGreaterThan(900);
    expect(took).toBeLessThan(6000);
    expect((await hull.state(name)).ExitCode).toBe(137);
    expect((await hull.inspect(name)).Config?.StopTimeout).toBe(1);
    await hull.remove(name);
    expect(await hull.fails(1, "create", "--stop-signal", "NOSUCH", "busybox")).toMatch(
      /[Ii]nvalid signal: NOSUCH/,
    );
  });

  test.concurrent("--sig-proxy passes the client's signals on, unless told not to", async () => {
    const script = "trap 'echo got it; exit 9' USR1; echo ready; while :; do sleep 0.1; done";
    const client = hull.spawnDocker("run", "--rm", "busybox", "sh", "-c", script);
    const reader = client.stdout.getReader();
    await reader.read();
    client.kill("SIGUSR1");
    expect(await client.exited).toBe(9);

    const name = hull.name("noproxy");
    const other = "trap 'exit 9' USR1; trap 'exit 8' USR2; echo ready; while :; do sleep 0.1; done";
    const deaf = hull.spawnDocker("run", "--name", name, "--sig-proxy=false", "busybox", "sh", "-c", other);
    await deaf.stdout.getReader().read();
    deaf.kill("SIGUSR1");
    await hull.shell(name, "sleep 0.3");
    await hull.ok("kill", "-s", "USR2", name);
    await hull.ok("wait", name);
    expect((await hull.state(name)).ExitCode).toBe(8);
    deaf.kill("SIGKILL");
    await hull.remove(name);
  });
});

describe("images and devices that are not there", () => {
  test.concurrent("--pull never", async () => {
    expect(await hull.fails(125, "run", "--pull", "never", "nosuchimage:latest", "true")).toContain(
      "No such image: nosuchimage:latest",
    );
    expect(await hull.fails(125, "run", "--pull", "sometimes", "busybox", "true")).toContain(
      "invalid pull option",
    );
  });

  test.concurrent("--platform of another machine", async () => {
    const error = await hull.docker(
      ...["run", "--rm", "--pull", "never", "--platform", "linux/s390x", "busybox", "true"],
    );
    expect(error.code).toBe(125);
    expect(error.err).toMatch(/platform|No such image/);
    const own = process.arch === "x64" ? "linux/amd64" : "linux/arm64";
    expect(await hull.ok("run", "--rm", "--platform", own, "busybox", "echo", "fits")).toBe("fits");
  });

  test.concurrent("--gpus without a device", async () => {
    expect(await hull.fails(125, "run", "--rm", "--gpus", "all", "busybox", "true")).toContain(
      'could not select device driver "" with capabilities: [[gpu]]',
    );
  });

  test.concurrent("--runtime that nobody configured", async () => {
    expect(await hull.fails(125, "run", "--rm", "--runtime", "nosuch", "busybox", "true")).toMatch(
      /unknown or invalid runtime name: nosuch|Unknown runtime specified nosuch/,
    );
  });
});
