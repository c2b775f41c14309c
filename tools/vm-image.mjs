// The virtual machine of the cgroup v2 tests: Debian's cloud kernel, a small initial RAM disk, a root file system.
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { bunPath, root } from "./bun-path.mjs";
import { findBusybox, SetupError, which } from "./setup.mjs";

const cache = join(root, ".cache/vm");

/** What the tests need on the machine beyond what Hull itself needs. */
export const vmPackages = [
  { there: () => which("qemu-system-x86_64"), packages: ["qemu-system-x86"] },
  { there: () => which("runc"), packages: ["runc"] },
  { there: () => which("crun"), packages: ["crun"] },
  { there: () => which("ps"), packages: ["procps"] },
  { there: () => which("mke2fs"), packages: ["e2fsprogs"] },
  { there: () => which("depmod"), packages: ["kmod"] },
];

/** Modules below `kernel/` that the guest may ask for; the rest is of no use to it. */
const moduleFolders = [
  "net",
  "fs/overlayfs",
  "lib",
  "block",
  "crypto",
  "arch/x86/crypto",
  "drivers/virtio",
  "drivers/block",
];
const moduleFiles = ["drivers/net/veth.ko", "drivers/net/macvlan.ko", "drivers/net/dummy.ko"];

/** Debian's kernel for virtual machines, unpacked and not installed; fetched once. */
function kernel() {
  const folder = join(cache, "kernel");
  if (!existsSync(join(folder, "complete"))) {
    console.log("fetching Debian's cloud kernel");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    if (!downloadKernel(folder)) {
      spawnSync("apt-get", ["-qq", "update"], { stdio: "ignore" });
      if (!downloadKernel(folder)) {
        throw new SetupError("the package linux-image-cloud-amd64 could not be fetched (Debian, amd64)");
      }
    }
    const file = readdirSync(folder).find((name) => name.endsWith(".deb"));
    execFileSync("dpkg-deb", ["-x", join(folder, file), folder]);
    rmSync(join(folder, file));
    writeFileSync(join(folder, "complete"), "");
  }
  const [version] = readdirSync(join(folder, "lib/modules"));
  return { folder, version, image: join(folder, `boot/vmlinuz-${version}`) };
}

function downloadKernel(folder) {
  const depends = spawnSync("apt-cache", ["depends", "linux-image-cloud-amd64"], { encoding: "utf8" });
  const name = /Depends: (linux-image-\S+)/.exec(depends.stdout ?? "")?.[1];
  return (
    name !== undefined &&
    spawnSync("apt-get", ["-qq", "download", name], { cwd: folder, stdio: "ignore" }).status === 0
  );
}

/** Everything is made anew each time but the kernel: it takes a few seconds, and nothing is stale. */
export function makeImage(docker) {
  const { folder, version, image } = kernel();
  const modules = join(folder, "lib/modules", version, "kernel");
  const initrd = join(cache, "initrd");
  makeInitrd(initrd, diskModules(folder, version));
  const disk = join(cache, "disk.img");
  makeDisk(disk, { modules, version, docker });
  const spare = join(cache, "spare.img");
  writeFileSync(spare, "");
  truncateSync(spare, 64 * 1024 * 1024);
  return { kernel: image, initrd, disk, spare };
}

/** The files of what it takes to see the disk, in the order they need each other. */
function diskModules(folder, version) {
  execFileSync(which("depmod"), ["-b", folder, version]);
  const list = (name) =>
    execFileSync(which("modprobe"), ["-d", folder, "-S", version, "--show-depends", name], {
      encoding: "utf8",
    });
  const lines = ["virtio_pci", "virtio_blk"].flatMap((name) => list(name).split("\n"));
  return [...new Set(lines.flatMap((line) => /^insmod (\S+)/.exec(line)?.[1] ?? []))];
}

/** Loads the disk's drivers and goes over to it: runtimes cannot pivot out of an initial RAM disk. */
function makeInitrd(path, drivers) {
  const stage = fresh("initrd-files");
  for (const folder of ["bin", "dev", "new"]) mkdirSync(join(stage, folder));
  copyFileSync(findBusybox(), join(stage, "bin/busybox"));
  for (const file of drivers) copyFileSync(file, join(stage, basename(file)));
  const script = [
    "#!/bin/busybox sh",
    "export PATH=/bin",
    "busybox mount -t devtmpfs dev /dev",
    ...drivers.map((file) => `busybox insmod /${basename(file)}`),
    "n=0; while [ ! -b /dev/vda ] && [ $n -lt 100 ]; do busybox usleep 100000; n=$((n + 1)); done",
    "busybox mount -t ext4 /dev/vda /new || busybox reboot -f",
    "exec busybox switch_root /new /sbin/tini-static -- /bin/sh /hull/tests/vm/guest.sh",
    "",
  ];
  writeFileSync(join(stage, "init"), script.join("\n"), { mode: 0o755 });
  const archive = execFileSync("sh", ["-c", `find . | ${findBusybox()} cpio -o -H newc 2>/dev/null`], {
    cwd: stage,
    maxBuffer: 64 * 1024 * 1024,
  });
  writeFileSync(path, archive);
  rmSync(stage, { recursive: true });
}

function makeDisk(path, { modules, version, docker }) {
  const stage = fresh("disk-files");
  makeFolders(stage);
  const programs = ["runc", "crun", "nft", "ip", "ps", "depmod", "sh", "bash", "nsenter"].map((name) =>
    which(name),
  );
  for (const program of programs) copyProgram(stage, program, join("usr/bin", basename(program)));
  copyProgram(stage, which("tini-static") ?? which("docker-init"), "usr/bin/tini-static");
  copyProgram(stage, docker, "usr/bin/docker");
  copyProgram(stage, bunPath(), "usr/bin/bun");
  copyLibrary(stage, findLibrary("libseccomp.so.2"));
  // Last: what is there already is not replaced. Its shell would prefer its own applets to programs.
  copyBusybox(stage);
  symlinkSync("depmod", join(stage, "usr/bin/modprobe"));
  copyModules(stage, modules, version);
  for (const name of ["src", "tests", "tools", "package.json", "tsconfig.json", "reference"]) {
    cpSync(join(root, name), join(stage, "hull", name), { recursive: true });
  }
  cpSync(realpathSync(join(root, "node_modules/yaml")), join(stage, "hull/node_modules/yaml"), {
    recursive: true,
  });
  mkdirSync(join(stage, "hull/dist"));
  for (const name of ["hull", "hull-shim"]) {
    copyFileSync(join(root, "dist", name), join(stage, "hull/dist", name));
  }
  rmSync(path, { force: true });
  execFileSync("mke2fs", ["-q", "-t", "ext4", "-m", "0", "-O", "^has_journal", "-d", stage, path, "1500M"]);
  rmSync(stage, { recursive: true });
}

function makeFolders(stage) {
  const folders =
    "usr/bin usr/lib usr/lib64 etc/apt dev proc sys run tmp root var/lib var/log hull/node_modules";
  for (const folder of folders.split(" ")) mkdirSync(join(stage, folder), { recursive: true });
  chmodSync(join(stage, "tmp"), 0o1777);
  for (const name of ["bin", "lib", "lib64"]) symlinkSync(`usr/${name}`, join(stage, name));
  symlinkSync("usr/bin", join(stage, "sbin"));
  symlinkSync("bin", join(stage, "usr/sbin"));
  rmSync(join(stage, "etc/apt"), { recursive: true });
  const files = {
    passwd: "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n",
    group: "root:x:0:\nnogroup:x:65534:\n",
    hosts: "127.0.0.1 localhost\n",
    "resolv.conf": "nameserver 192.0.2.53\n",
    hostname: "guest\n",
    "os-release": 'PRETTY_NAME="Hull test machine"\nID=test\n',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(stage, "etc", name), text);
}

/** A program with the libraries it is linked to. */
function copyProgram(stage, path, target) {
  if (!path) throw new SetupError(`a program for ${target} is missing on this machine`);
  const real = realpathSync(path);
  copyFileSync(real, join(stage, target));
  chmodSync(join(stage, target), 0o755);
  const linked = spawnSync("ldd", [real], { encoding: "utf8" }).stdout ?? "";
  for (const [, library] of linked.matchAll(/(?:=> |^\s+)(\/\S+) \(0x/gm)) copyLibrary(stage, library);
}

function copyLibrary(stage, path) {
  const target = join(stage, path);
  if (existsSync(target)) return;
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(realpathSync(path), target);
}

function findLibrary(name) {
  const known = execFileSync(which("ldconfig"), ["-p"], { encoding: "utf8" });
  const path = new RegExp(`^\\s*${name.replaceAll(".", "\\.")} .*x86-64.* => (\\S+)$`, "m").exec(known)?.[1];
  if (!path) throw new SetupError(`${name} is missing on this machine`);
  return path;
}

function copyBusybox(stage) {
  const busybox = findBusybox();
  copyFileSync(busybox, join(stage, "usr/bin/busybox"));
  const applets = execFileSync(busybox, ["--list"], { encoding: "utf8" }).trim().split("\n");
  for (const name of [...applets, "sh"]) {
    const path = join(stage, "usr/bin", name);
    if (name !== "modprobe" && !existsSync(path)) symlinkSync("busybox", path);
  }
}

function copyModules(stage, modules, version) {
  const target = join(stage, "usr/lib/modules", version);
  for (const name of [...moduleFolders, ...moduleFiles]) {
    cpSync(join(modules, name), join(target, "kernel", name), { recursive: true });
  }
  for (const name of ["modules.builtin", "modules.builtin.modinfo", "modules.order"]) {
    const file = join(modules, "..", name);
    if (existsSync(file)) copyFileSync(file, join(target, name));
  }
  execFileSync(which("depmod"), ["-b", stage, version], { stdio: "ignore" });
}

function fresh(name) {
  const folder = join(cache, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}
