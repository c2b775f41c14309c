import { type Flag, parseBoolean } from "../cli/flags/flag.ts";
import { notImplemented } from "../errors/engine-error.ts";

/**
 * Settings of dockerd that this engine knows by name but does not have. The value that says
 * what happens here anyway is accepted, every other one is refused with the reason: a setting
 * that is taken and ignored is worse than none.
 */
function notBuilt(
  because: string,
  extras: { short?: string; isSwitch?: boolean; accept?: readonly string[] } = {},
): Flag<string> {
  const accept = extras.accept ?? [];
  return {
    ...(extras.short ? { short: extras.short } : {}),
    help: because,
    placeholder: extras.isSwitch ? "" : "value",
    hidden: true,
    initial: "",
    add: (_, text) => {
      const value = extras.isSwitch ? String(parseBoolean(text)) : text;
      if (accept.includes(value)) return value;
      throw notImplemented(because);
    },
  };
}

const off = { isSwitch: true, accept: ["false"] };
const on = { isSwitch: true, accept: ["true"] };

export const notBuiltFlags = {
  "allow-nondistributable-artifacts": notBuilt(
    "every layer of an image is pushed, there are none to be allowed",
  ),
  "api-cors-header": notBuilt("the API sends no CORS headers"),
  "authorization-plugin": notBuilt("there are no authorization plugins"),
  containerd: notBuilt("there is no containerd below this engine"),
  "containerd-namespace": notBuilt("there is no containerd below this engine"),
  "containerd-plugins-namespace": notBuilt("there is no containerd below this engine"),
  "cpu-rt-period": notBuilt("realtime scheduling of the parent cgroup is not managed here", {
    accept: ["0"],
  }),
  "cpu-rt-runtime": notBuilt("realtime scheduling of the parent cgroup is not managed here", {
    accept: ["0"],
  }),
  "cri-containerd": notBuilt("there is no containerd below this engine", off),
  "default-gateway": notBuilt("the gateway of the default network is the address of its bridge (--bip)"),
  "default-gateway-v6": notBuilt("the default network has IPv4 only"),
  "exec-opt": notBuilt("cgroups are managed directly (native.cgroupdriver=cgroupfs)", {
    accept: ["native.cgroupdriver=cgroupfs"],
  }),
  experimental: notBuilt("there are no experimental features to switch on", off),
  "fixed-cidr": notBuilt("addresses come from the whole subnet of the default bridge (--bip)"),
  "fixed-cidr-v6": notBuilt("the default network has IPv4 only"),
  icc: notBuilt("containers of the default network can always reach each other", on),
  "init-path": notBuilt("the init program is docker-init or tini-static, as found in PATH"),
  "ip-forward": notBuilt("published ports and outgoing connections need IP forwarding", on),
  "ip-masq": notBuilt("outgoing connections of the default network are always masqueraded", on),
  ip6tables: notBuilt("the default network has IPv4 only", off),
  iptables: notBuilt("published ports need the engine's own firewall table", on),
  ipv6: notBuilt("the default network has IPv4 only", off),
  "live-restore": notBuilt("containers always outlive the engine: this cannot be switched off", on),
  "metrics-addr": notBuilt("there is no metrics endpoint"),
  "network-control-plane-mtu": notBuilt("there is no cluster and no control plane"),
  "node-generic-resource": notBuilt("there is no cluster to advertise resources to"),
  "oom-score-adjust": notBuilt("set the engine's own score from the service manager", { accept: ["0"] }),
  "raw-logs": notBuilt("the log is always written without colours", on),
  rootless: notBuilt("the engine needs root", off),
  "selinux-enabled": notBuilt("containers get no SELinux labels", off),
  "storage-driver": notBuilt("layers are stacked with overlayfs (overlay2)", {
    short: "s",
    accept: ["overlay2", "overlay", "overlayfs"],
  }),
  "storage-opt": notBuilt("the storage driver has no options"),
  "swarm-default-advertise-addr": notBuilt("there is no cluster"),
  "userland-proxy-path": notBuilt("the copying proxy of --userland-proxy is built in"),
  "userns-remap": notBuilt("user namespace remapping is not built"),
} as const;
