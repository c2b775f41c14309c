// `npm run test:vm`: boots a virtual machine with cgroup v2 alone and runs tests/vm in it, with
// the real docker program. Arguments are other test files to run there instead.
import { spawn } from "node:child_process";
import { build } from "./build.mjs";
import {
  dockerProgram,
  installNpmPackages,
  installPackages,
  requireRoot,
  SetupError,
  which,
} from "./setup.mjs";
import { makeImage, vmPackages } from "./vm-image.mjs";

/** A bound against hanging, not an expectation. */
const bootSeconds = 60;
const testSeconds = Number(process.env.HULL_VM_SECONDS ?? 420);

async function main() {
  const began = Date.now();
  const elapsed = () => `${Math.round((Date.now() - began) / 1000)} s`;
  requireRoot("npm run test:vm");
  if (process.arch !== "x64") throw new SetupError("the virtual machine of these tests is x86-64 only");
  installPackages(vmPackages);
  installNpmPackages();
  await build();
  const image = makeImage(dockerProgram());
  console.log(`the machine is made (${elapsed()})`);
  const output = await runMachine(image, process.argv.slice(2));
  const number = (word) =>
    [...output.matchAll(new RegExp(`^ *(\\d+) ${word}s?$`, "gm"))].reduce((sum, [, n]) => sum + Number(n), 0);
  const finished = /^HULL-VM-ENDED (\d+)$/m.exec(output)?.[1];
  const passed = number("pass");
  let failed = number("fail") + number("error");
  if (finished === undefined) console.log("the machine ended without finishing its tests");
  if (failed === 0 && finished !== "0") failed = 1;
  console.log(`took ${elapsed()}`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

/** Runs the machine to its end and gives what it wrote to its serial line, which is shown as it comes. */
function runMachine({ kernel, initrd, disk, spare }, files) {
  const words = [
    "console=ttyS0",
    "quiet",
    "panic=-1",
    "cgroup_no_v1=all",
    "systemd.unified_cgroup_hierarchy=1",
    ...(files.length > 0 ? [`hull.tests=${files.join(",")}`] : []),
  ];
  // KVM only when asked for: where it is there but broken, a machine hangs instead of failing.
  const accelerator = process.env.HULL_VM_ACCEL ?? "tcg,thread=multi";
  const args = [
    ...["-accel", accelerator, "-cpu", accelerator.startsWith("tcg") ? "max" : "host"],
    ...["-machine", "q35", "-smp", "2", "-m", "2048", "-nodefaults", "-no-user-config", "-no-reboot"],
    ...["-display", "none", "-monitor", "none", "-serial", "stdio", "-nic", "none"],
    ...["-kernel", kernel, "-initrd", initrd, "-append", words.join(" ")],
    ...["-drive", `file=${disk},if=virtio,format=raw,cache=unsafe`],
    ...["-drive", `file=${spare},if=virtio,format=raw,cache=unsafe`],
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(which("qemu-system-x86_64"), args, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let shown = 0;
    const end = (why) => () => {
      console.log(why);
      child.kill("SIGKILL");
    };
    let timer = setTimeout(end(`no boot within ${bootSeconds} s`), bootSeconds * 1000);
    child.on("error", reject);
    child.stderr.on("data", (bytes) => process.stderr.write(bytes));
    child.stdout.setEncoding("latin1");
    child.stdout.on("data", (text) => {
      const booted = output.includes("HULL-VM-BOOTED");
      output += text.replaceAll("\r", "");
      if (!booted && output.includes("HULL-VM-BOOTED")) {
        clearTimeout(timer);
        timer = setTimeout(end(`the tests did not end within ${testSeconds} s`), testSeconds * 1000);
      }
      process.stdout.write(Buffer.from(output.slice(shown), "latin1"));
      shown = output.length;
    });
    child.on("close", () => {
      clearTimeout(timer);
      resolve(output);
    });
  });
}

main().catch((error) => {
  console.error(error instanceof SetupError ? error.message : error);
  console.log("0 passed, 1 failed");
  process.exitCode = 1;
});
