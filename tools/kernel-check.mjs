// Whether this kernel can run containers: each missing feature is one sentence.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const succeeds = (program, ...args) => spawnSync(program, args, { stdio: "ignore" }).status === 0;

function hasOverlay() {
  const known = () => /\boverlay$/m.test(readFileSync("/proc/filesystems", "utf8"));
  if (!known()) spawnSync("modprobe", ["overlay"], { stdio: "ignore" });
  return known();
}

const features = [
  {
    there: () => succeeds("unshare", "--mount", "--net", "--ipc", "--uts", "--pid", "--fork", "true"),
    sentence:
      "namespaces cannot be made here: the engine needs root with CAP_SYS_ADMIN (inside a container: run that one with --privileged)",
  },
  {
    there: hasOverlay,
    sentence:
      "overlayfs is missing: load the module with `modprobe overlay` or use a kernel with CONFIG_OVERLAY_FS",
  },
  {
    there: () => existsSync("/sys/fs/cgroup/cgroup.controllers") || existsSync("/sys/fs/cgroup/memory"),
    sentence: "cgroups are not mounted at /sys/fs/cgroup: mount them or start through an init that does",
  },
  {
    there: () =>
      succeeds(
        "unshare",
        "--net",
        "sh",
        "-c",
        "ip link add hb0 type bridge && ip link add hv0 type veth peer name hv1",
      ),
    sentence: "bridges or veth pairs are missing: load the modules with `modprobe bridge veth`",
  },
  {
    there: () => succeeds("unshare", "--net", "nft", "add table inet hull_check"),
    sentence:
      "nftables does not work here: load the module with `modprobe nf_tables` or use a kernel with CONFIG_NF_TABLES",
  },
];

/** Sentences for what is missing; empty when all is there. */
export function missingKernelFeatures() {
  return features.filter((feature) => !feature.there()).map((feature) => feature.sentence);
}
