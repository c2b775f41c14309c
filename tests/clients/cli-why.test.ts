import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "../../src/cli/why/finding.ts";
import { clientEngine } from "../setup/client-engine.ts";
import { runHull } from "../setup/hull-cli.ts";
import { until } from "../setup/until.ts";

// Every way to die, with real containers; the same on a stock Docker engine.
const engine = clientEngine();

const hull = (...args: string[]) => runHull(args, { env: { DOCKER_HOST: engine.host } });

async function why(container: string): Promise<Finding[]> {
  const { code, out, err } = await hull("why", "--format", "json", container);
  if (code !== 0) throw new Error(err);
  return JSON.parse(out).Findings;
}

/** The first finding, which is the cause. */
async function cause(container: string): Promise<Finding> {
  const [first] = await why(container);
  if (!first) throw new Error(`nothing was found about ${container}`);
  return first;
}

/** A container that was run to its end; the exit code does not matter here. */
async function ran(word: string, ...args: string[]): Promise<string> {
  const name = engine.name(word);
  await engine.docker("run", "--name", name, ...args);
  return name;
}

/** A container whose program is a file of ours. */
async function ranFile(word: string, content: string, mode: number): Promise<string> {
  const name = engine.name(word);
  const file = join(engine.directory, word);
  writeFileSync(file, content, { mode });
  await engine.ok("create", "--name", name, "--entrypoint", `/${word}`, "busybox");
  await engine.ok("cp", file, `${name}:/${word}`);
  await engine.docker("start", "-a", name);
  return name;
}

test("a program that is not there", async () => {
  const found = await cause(await ran("missing", "busybox", "/no/such/program"));
  expect(found.kind).toBe("command-not-found");
  expect(found.says).toContain("/no/such/program");
});

test("a program PATH does not lead to, and a command in one word", async () => {
  expect((await cause(await ran("path", "busybox", "nothing-like-that"))).details[0]).toContain(
    "Searched in PATH: ",
  );
  const quoted = await cause(await ran("word", "--entrypoint", "echo hello", "busybox"));
  expect(quoted.details[0]).toContain("spaces included");
});

test("a file that is not executable", async () => {
  const found = await cause(await ran("mode", "busybox", "/etc/passwd"));
  expect(found.kind).toBe("not-executable");
  expect(found.says).toContain("its mode is 0644");
});

test("a script without its interpreter, and one with Windows line ends", async () => {
  const bash = await cause(await ranFile("bash.sh", "#!/bin/bash\necho hi\n", 0o755));
  expect(bash.says).toContain("needs the interpreter /bin/bash");
  const windows = await cause(await ranFile("windows.sh", "#!/bin/sh\r\necho hi\r\n", 0o755));
  expect(windows.says).toContain("CR LF");
});

test("a program linked for a C library the image has not got", async () => {
  const file = join(engine.directory, "dynamic");
  // The beginning of a dynamic program: headers, then the path of its loader.
  writeFileSync(file, dynamicProgram("/lib64/ld-nowhere.so.9"), { mode: 0o755 });
  const name = engine.name("dynamic");
  await engine.ok("create", "--name", name, "--entrypoint", "/dynamic", "busybox");
  await engine.ok("cp", file, `${name}:/dynamic`);
  await engine.docker("start", "-a", name);
  expect((await cause(name)).says).toContain("needs the dynamic loader /lib64/ld-nowhere.so.9");
});

test("a program for another architecture", async () => {
  const file = join(engine.directory, "foreign");
  const bytes = dynamicProgram("/lib/ld.so");
  bytes.writeUInt16LE(22, 18);
  writeFileSync(file, bytes, { mode: 0o755 });
  const name = engine.name("foreign");
  await engine.ok("create", "--name", name, "--entrypoint", "/foreign", "busybox");
  await engine.ok("cp", file, `${name}:/foreign`);
  await engine.docker("start", "-a", name);
  const found = await cause(name);
  expect(found.kind).toBe("architecture");
  expect(found.says).toContain("built for s390x");
});

test("out of memory", async () => {
  const name = await ran(
    "oom",
    "-m",
    "8m",
    "--memory-swap",
    "8m",
    "busybox",
    "sh",
    "-c",
    "tail -c 64m /dev/zero; true; exit 137",
  );
  // The kernel kills the greedy process; the shell passes its code on.
  await until("the engine has seen the end", async () =>
    (await why(name)).some(({ kind }) => kind === "memory"),
  );
  expect((await cause(name)).says).toContain("its limit is 8MiB");
});

test("stopped, stopped too slowly, killed by request, killed from outside", async () => {
  const obeys = await engine.sleeper("obeys");
  const ignores = engine.name("ignores");
  const killed = await engine.sleeper("killed");
  const outside = await engine.sleeper("outside");
  await engine.ok("run", "-d", "--name", ignores, "busybox", "sleep", "3600");
  const pid = await engine.pid(outside);
  await Promise.all([
    engine.ok("stop", obeys),
    engine.ok("stop", "-t", "0", ignores),
    engine.ok("kill", killed),
  ]);
  process.kill(pid, "SIGKILL");
  for (const name of [obeys, ignores, killed, outside]) await engine.untilStatus(name, "exited");
  expect((await cause(obeys)).says).toContain("it ended after SIGTERM");
  expect((await cause(ignores)).says).toContain("did not end within its stop timeout");
  expect((await cause(killed)).says).toContain("killed on request");
  expect((await cause(outside)).says).toContain("not through the engine");
});

test("a port that is taken, by whom, and what to type", async () => {
  const port = String(await engine.freePort());
  const holder = await engine.sleeper("holder", "-p", `${port}:80`);
  const other = await ran("other", "-d", "-p", `${port}:80`, "busybox", "sleep", "9");
  const found = await cause(other);
  expect(found.kind).toBe("port-conflict");
  expect(found.says).toContain(`${port}/tcp of the machine is taken by container "${holder}"`);
  expect(found.next[0]?.command).toBe(`hull stop ${holder}`);
});

test("a failing health check, and what it printed", async () => {
  const flags = [
    "--health-cmd",
    "echo no way; exit 3",
    "--health-interval",
    "200ms",
    "--health-retries",
    "1",
  ];
  const name = await engine.sleeper("sick", ...flags);
  await until(
    "it is unhealthy",
    async () => (await engine.field(name, "{{.State.Health.Status}}")) === "unhealthy",
  );
  const found = await cause(name);
  expect(found.kind).toBe("health");
  expect(found.details).toContain("  no way");
});

test("restarts that were used up, and the last lines of the log", async () => {
  const name = engine.name("restarts");
  const script = "echo could not resolve host db; exit 3";
  await engine.ok("run", "-d", "--name", name, "--restart", "on-failure:1", "busybox", "sh", "-c", script);
  await until("it was restarted", async () => {
    const { RestartCount: count, State: state } = await engine.inspect(name);
    return count === 1 && state?.Status === "exited";
  });
  const found = await why(name);
  expect(found.map(({ kind }) => kind)).toEqual(["exit-code", "log-hint", "restarts"]);
  expect(found[2]?.says).toBe("It was restarted once; its policy on-failure:1 allows no more.");
  const { out } = await hull("why", "-n", "1", name);
  expect(out).toContain("│ could not resolve host db\n");
  expect(out).toContain("die with exit code 3");
  expect(out).toContain(`hull logs --tail 100 ${name}`);
});

test("a user the image does not know", async () => {
  expect((await cause(await ran("user", "-u", "nobody-like-that", "busybox", "true"))).kind).toBe("user");
});

test("a dependency that is gone", async () => {
  const first = await engine.sleeper("first");
  const second = await engine.sleeper("second", "--network", `container:${first}`);
  await engine.ok("stop", "-t", "1", second);
  await engine.remove(first);
  const found = (await why(second)).find(({ kind }) => kind === "dependency");
  expect(found?.says).toContain("which is missing");
});

test("a container that is well, one that never ran, one that does not exist", async () => {
  const name = await engine.sleeper("well");
  expect(await why(name)).toEqual([]);
  expect((await hull("why", name)).out).toContain("Nothing is wrong with it");
  const made = engine.name("made");
  await engine.ok("create", "--name", made, "busybox");
  expect((await cause(made)).kind).toBe("never-started");
  const missing = await hull("why", "no-such-container");
  expect([missing.code, missing.err]).toEqual([
    1,
    "Error response from daemon: No such container: no-such-container\n",
  ]);
});

/** An ELF file for this machine that names a loader; the kernel refuses it when that is not there. */
function dynamicProgram(loader: string): Buffer {
  const bytes = Buffer.alloc(4096);
  bytes.write("\x7fELF", 0, "latin1");
  bytes.set([2, 1, 1], 4);
  bytes.writeUInt16LE(2, 16);
  bytes.writeUInt16LE(process.arch === "arm64" ? 183 : 62, 18);
  bytes.writeUInt32LE(1, 20);
  bytes.writeBigUInt64LE(64n, 32);
  bytes.writeUInt16LE(64, 52);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(1, 56);
  bytes.writeUInt32LE(3, 64);
  bytes.writeUInt32LE(4, 68);
  bytes.writeBigUInt64LE(1024n, 72);
  bytes.writeBigUInt64LE(BigInt(loader.length + 1), 96);
  bytes.writeBigUInt64LE(BigInt(loader.length + 1), 104);
  bytes.write(`${loader}\0`, 1024, "latin1");
  return bytes;
}
