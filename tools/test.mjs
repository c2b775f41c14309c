// `npm test`: sets up, builds, checks and runs every test; closes with "N passed, N failed".
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "./build.mjs";
import { bunPath, root } from "./bun-path.mjs";
import { missingKernelFeatures } from "./kernel-check.mjs";
import { dockerProgram, installNpmPackages, installPackages, requireRoot, SetupError } from "./setup.mjs";

/** Seconds are a bound against hanging, not an expectation. */
const groups = [
  { name: "unit", paths: ["src", "tools"], seconds: 120 },
  { name: "contracts", paths: ["tests/contracts"], seconds: 120 },
  { name: "api", paths: ["tests/api"], seconds: 120 },
  { name: "kernel", paths: ["tests/kernel"], seconds: 300, onePerFile: true },
  { name: "clients", paths: ["tests/clients"], seconds: 900, onePerFile: true },
];

const only = process.argv.slice(2);
let passed = 0;
let failed = 0;
const skipped = [];

async function main() {
  const began = Date.now();
  try {
    requireRoot("npm test");
    installPackages();
    const missing = missingKernelFeatures();
    if (missing.length > 0) throw new SetupError(missing.join("\n"));
    installNpmPackages();
    const docker = dockerProgram();
    await build();
    if (only.length === 0) await staticChecks();
    for (const group of groups) {
      if (only.length === 0 || only.includes(group.name)) await runGroup(group, docker);
    }
  } catch (error) {
    failed++;
    console.error(error instanceof SetupError ? error.message : error);
  }
  if (skipped.length > 0)
    console.log(`${skipped.length} skipped:\n${skipped.map((name) => `  ${name}`).join("\n")}`);
  console.log(`took ${Math.round((Date.now() - began) / 1000)} s`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
}

/** Each counts as one test. */
async function staticChecks() {
  const bin = (name) => join(root, "node_modules/.bin", name);
  const checks = [
    ["format and lint", bin("biome"), ["check", "--error-on-warnings", "."]],
    ["types", bin("tsc"), ["-p", "."]],
    ["rooms", bunPath(), ["tools/check-rooms.ts"]],
  ];
  for (const [name, program, args] of checks) {
    const result = await run(program, args, 120);
    if (result.code === 0) passed++;
    else {
      failed++;
      console.log(result.output);
    }
    console.log(`${result.code === 0 ? "ok    " : "FAILED"} ${name} (${result.seconds} s)`);
  }
}

async function runGroup(group, docker) {
  const paths = group.paths.filter((path) => existsSync(join(root, path)));
  const targets = group.onePerFile
    ? paths.flatMap(testFiles).map((path) => [path])
    : paths.length > 0
      ? [paths]
      : [];
  let left = group.seconds;
  for (const target of targets) {
    const result = await run(
      bunPath(),
      ["test", "--timeout", "60000", ...target.map((path) => `./${path}`)],
      left,
      {
        HULL_TEST_EXECUTABLE: join(root, "dist/hull"),
        HULL_TEST_DOCKER: docker,
      },
    );
    left -= result.seconds;
    count(group.onePerFile ? target[0] : group.name, result);
  }
}

function testFiles(folder) {
  return readdirSync(join(root, folder), { recursive: true })
    .filter((name) => name.endsWith(".test.ts"))
    .sort()
    .map((name) => join(folder, name));
}

/** Reads Bun's summary; a run that failed without a failed test counts as one failure. */
function count(name, { code, output, seconds, timedOut }) {
  const number = (word) => Number(new RegExp(`^ *(\\d+) ${word}s?$`, "m").exec(output)?.[1] ?? 0);
  const good = number("pass");
  let bad = number("fail") + number("error");
  if (timedOut) console.log(`${name}: did not end in time`);
  if (bad === 0 && (code !== 0 || timedOut)) bad = 1;
  passed += good;
  failed += bad;
  for (const [, test] of output.matchAll(/^\((?:skip|todo)\) (.+)$/gm)) skipped.push(`${name}: ${test}`);
  if (bad > 0)
    console.log(output.replace(/^\(pass\).*\n|^\S+\.test\.ts:\n/gm, "").replace(/\n{3,}/g, "\n\n"));
  console.log(`${bad === 0 ? "ok    " : "FAILED"} ${name}: ${good} passed, ${bad} failed (${seconds} s)`);
}

/** Runs a program for at most so many seconds; its whole process group ends with it. */
function run(program, args, seconds, env = {}) {
  return new Promise((resolve) => {
    const began = Date.now();
    let output = "";
    let timedOut = false;
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const end = () => {
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // ended by itself
      }
    };
    const timer = setTimeout(() => {
      timedOut = true;
      end();
    }, Math.max(1, seconds) * 1000);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text) => {
        output += text;
      });
    }
    child.on("error", (error) => {
      output += String(error);
    });
    // Not "close" alone: an engine that outlived its test would hold the pipes open.
    child.on("exit", (code) => {
      clearTimeout(timer);
      const done = () =>
        resolve({ code, output, timedOut, seconds: Math.round((Date.now() - began) / 1000) });
      child.on("close", done);
      setTimeout(done, 1000).unref();
    });
  });
}

await main();
