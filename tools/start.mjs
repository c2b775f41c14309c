// `npm start`: from a machine with Node and npm to a running engine and a first container.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { api, ping, runContainer } from "./api.mjs";
import { build } from "./build.mjs";
import { root } from "./bun-path.mjs";
import { missingKernelFeatures } from "./kernel-check.mjs";
import { dockerProgram, installNpmPackages, installPackages, requireRoot, SetupError } from "./setup.mjs";

const executable = join(root, "dist/hull");
const socket = "/run/hull.sock";
const pidFile = "/run/hull.pid";
const logFile = "/var/log/hull.log";

async function main() {
  requireRoot("npm start");
  installPackages();
  const missing = missingKernelFeatures();
  if (missing.length > 0) throw new SetupError(missing.join("\n"));
  installNpmPackages();
  if (isStale()) await build();
  await startEngine();
  await ensureBusybox();
  await firstContainer();
  printNext();
}

/** Whether any source is newer than the executable. */
function isStale() {
  if (!existsSync(executable)) return true;
  const built = statSync(executable).mtimeMs;
  const newer = (folder) =>
    readdirSync(join(root, folder), { withFileTypes: true, recursive: true }).some(
      (entry) => entry.isFile() && statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs > built,
    );
  return ["src", "native"].some(newer) || statSync(join(root, "package.json")).mtimeMs > built;
}

async function startEngine() {
  if (await ping(socket)) {
    const pid = runningPid();
    if (pid === undefined || !isReplaced(pid))
      return console.log(`the engine runs already (pid ${pid ?? "unknown"})`);
    console.log("the engine was built anew: starting the new one, containers go on");
    process.kill(pid, "SIGTERM");
    await until("the old engine to end", () => !existsSync(`/proc/${pid}`));
  }
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, "a");
  const began = statSync(logFile).size;
  const engine = spawn(executable, ["engine"], { detached: true, stdio: ["ignore", log, log], cwd: "/" });
  let ended;
  engine.on("exit", (code, signal) => {
    ended = signal ?? `exit code ${code}`;
  });
  await until("the engine's first answer", async () => {
    if (ended !== undefined) {
      const said = readFileSync(logFile, "utf8").slice(began).trim();
      throw new SetupError(`the engine ended at once (${ended}):\n${said}`);
    }
    return ping(socket);
  });
  engine.unref();
  console.log(`the engine runs (pid ${engine.pid}, log ${logFile})`);
}

function runningPid() {
  try {
    return Number(readFileSync(pidFile, "utf8").trim()) || undefined;
  } catch {
    return undefined;
  }
}

/** The process still runs an executable that the build has replaced since. */
function isReplaced(pid) {
  try {
    return readlinkSync(`/proc/${pid}/exe`).endsWith("(deleted)");
  } catch {
    return false;
  }
}

async function ensureBusybox() {
  const { status } = await api(socket, "GET", "/images/busybox:latest/json");
  if (status === 200) return;
  const made = spawnSync(executable, ["bootstrap", "busybox", "--quiet"], {
    env: { ...process.env, DOCKER_HOST: `unix://${socket}` },
    encoding: "utf8",
  });
  if (made.status !== 0) throw new SetupError(`making busybox:latest failed: ${made.stderr.trim()}`);
  console.log("made the local base image busybox:latest");
}

async function firstContainer() {
  const began = performance.now();
  const words = ["sh", "-c", 'echo "Hello from container $(hostname), on kernel $(uname -r)"'];
  const { output, exitCode } = await runContainer(socket, "busybox:latest", words);
  if (exitCode !== 0) throw new SetupError(`the first container ended with ${exitCode}: ${output.trim()}`);
  console.log(`first container, ${Math.round(performance.now() - began)} ms: ${output.trim()}`);
}

function printNext() {
  let docker = "docker";
  try {
    const path = dockerProgram();
    docker = basename(dirname(path)) === "bin" && !path.startsWith(root) ? "docker" : path;
  } catch (error) {
    console.log(`note: ${error.message}`);
  }
  console.log(`
Try next:
  export PATH="${join(root, "dist")}:$PATH"
  hull run --rm busybox echo hello
  hull run -it --rm busybox
  hull run -d --name web -p 8080:80 busybox httpd -f -p 80
  hull logs -f web
  hull top
  hull help

The docker program works as well:
  DOCKER_HOST=unix://${socket} ${docker} ps

Stop the engine with \`npm stop\`; containers go on running.`);
}

async function until(what, ask) {
  const end = Date.now() + 30_000;
  while (!(await ask())) {
    if (Date.now() > end) throw new SetupError(`waited 30 seconds in vain for ${what} (log: ${logFile})`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

// A reader that has seen enough (`npm start | head`) does not stop the set-up.
process.stdout.on("error", () => {});
main().catch((error) => {
  console.error(error instanceof SetupError ? error.message : error);
  process.exit(1);
});
