// What a machine needs for Hull: Debian packages (only the missing ones), npm packages, the docker program.
import { execFileSync, spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { bunPath, root } from "./bun-path.mjs";

/** A sentence for the user; no stack is shown for it. */
export class SetupError extends Error {}

/** The program's path, looked up in PATH and where packages put administrators' programs. */
export function which(name) {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/local/sbin", "/usr/sbin", "/sbin"];
  for (const folder of folders) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // not in this one
    }
  }
  return undefined;
}

const needs = [
  { there: () => which("runc") ?? which("crun"), packages: ["runc"] },
  { there: () => which("nft"), packages: ["nftables"] },
  { there: () => which("ip"), packages: ["iproute2"] },
  { there: () => findBusybox(), packages: ["busybox-static"] },
  { there: () => which("tini-static") ?? which("docker-init"), packages: ["tini"] },
  { there: () => which("cc") ?? which("gcc"), packages: ["gcc", "libc6-dev"] },
  { there: () => hasStaticLibc(), packages: ["libc6-dev"] },
];

/** Path of a busybox that runs anywhere, or undefined when none is installed. */
export function findBusybox() {
  return ["/bin/busybox", "/usr/bin/busybox"].find(isStatic);
}

function isStatic(path) {
  if (!existsSync(path)) return false;
  const result = spawnSync("ldd", [path], { encoding: "utf8" });
  return /not a dynamic executable|statically linked/.test(`${result.stdout}${result.stderr}`);
}

function hasStaticLibc() {
  const compiler = which("cc") ?? which("gcc");
  if (!compiler) return false;
  return existsSync(
    spawnSync(compiler, ["-print-file-name=libc.a"], { encoding: "utf8" }).stdout?.trim() ?? "",
  );
}

export function requireRoot(what) {
  if (process.getuid?.() !== 0) {
    throw new SetupError(
      `${what} needs root: mounts, namespaces and packages are not for others (try: sudo ${what})`,
    );
  }
}

/** Installs what is missing, says so, and does nothing on a machine that has it all. */
export function installPackages(more = []) {
  const wanted = [...needs, ...more];
  const missing = [...new Set(wanted.filter((need) => !need.there()).flatMap((need) => need.packages))];
  if (missing.length === 0) return;
  console.log(`installing Debian packages: ${missing.join(" ")}`);
  apt(["install", "--no-install-recommends", "--yes", ...missing], missing.join(" "));
  const still = wanted.filter((need) => !need.there()).flatMap((need) => need.packages);
  if (still.length > 0)
    throw new SetupError(`these packages did not bring what is needed: ${still.join(" ")}`);
}

function apt(args, what) {
  if (!which("apt-get")) {
    throw new SetupError(
      `missing: ${what}; install it with this system's package manager (apt-get is not here)`,
    );
  }
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const run = () => spawnSync("apt-get", ["-qq", ...args], { env, encoding: "utf8" });
  let result = run();
  if (result.status !== 0) {
    spawnSync("apt-get", ["-qq", "update"], { env, stdio: "ignore" });
    result = run();
  }
  if (result.status !== 0) {
    throw new SetupError(
      `apt-get could not install ${what}: ${(result.stderr || result.stdout || "").trim().split("\n").pop()}`,
    );
  }
}

/** node_modules as the lockfile says. */
export function installNpmPackages() {
  try {
    bunPath();
    const tools = ["typescript", "@biomejs/biome", "yaml"];
    if (tools.every((name) => existsSync(join(root, "node_modules", name)))) return;
  } catch {
    // not there yet
  }
  console.log("installing npm packages");
  // Not `npm ci`: npm 11 leaves packages of other platforms out of the lock file and then misses them.
  const words = ["install", "--no-save", "--no-audit", "--no-fund"];
  const result = spawnSync("npm", words, { cwd: root, encoding: "utf8" });
  if (result.status !== 0) throw new SetupError(`npm install failed:\n${result.stdout}${result.stderr}`);
  bunPath();
}

const dockerFolder = join(root, ".cache/docker");

/**
 * The docker command line program. Where none is installed, the one of the distribution's
 * package is unpacked into .cache: installing the package would start a daemon nobody asked for.
 */
export function dockerProgram() {
  const unpacked = join(dockerFolder, "usr/bin/docker");
  const found = which("docker") ?? (existsSync(unpacked) ? unpacked : undefined);
  if (found) return found;
  rmSync(dockerFolder, { recursive: true, force: true });
  mkdirSync(dockerFolder, { recursive: true });
  console.log("fetching the docker command line program from the distribution's package");
  for (const name of ["docker-cli", "docker.io"]) {
    if (download(name) && existsSync(unpacked)) return unpacked;
  }
  throw new SetupError(
    "there is no docker program, and neither package docker-cli nor docker.io could be fetched",
  );
}

function download(name) {
  const run = () =>
    spawnSync("apt-get", ["-qq", "download", name], { cwd: dockerFolder, stdio: "ignore" }).status === 0;
  if (!run()) {
    spawnSync("apt-get", ["-qq", "update"], { stdio: "ignore" });
    if (!run()) return false;
  }
  const file = readdirSync(dockerFolder).find((entry) => entry.endsWith(".deb"));
  if (!file) return false;
  execFileSync("dpkg-deb", ["-x", join(dockerFolder, file), dockerFolder]);
  rmSync(join(dockerFolder, file));
  return true;
}
