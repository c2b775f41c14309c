import type { PortWish } from "../../network/network.ts";
import type { ContainerConfig, HostConfig, PortBinding } from "../../records/container-config.ts";

/**
 * The ports a container wants on the host, the picky first: those with one host port, then
 * ranges, then those that take any, so that none of the latter sits on a wanted port.
 * A port with an empty list of bindings wants any host port, as with every Docker so far.
 */
export function portWishes(
  config: Pick<ContainerConfig, "ExposedPorts" | "Labels">,
  hostConfig: Pick<HostConfig, "PortBindings" | "PublishAllPorts">,
): PortWish[] {
  const sharing = sharingOf(config.Labels);
  const wishes = new Map<string, readonly PortBinding[]>();
  for (const [spec, bindings] of Object.entries(hostConfig.PortBindings)) {
    for (const port of portsOf(spec))
      wishes.set(port, [...(wishes.get(port) ?? []), ...atLeastOne(bindings)]);
  }
  if (hostConfig.PublishAllPorts) {
    for (const port of Object.keys(config.ExposedPorts ?? {}).flatMap(portsOf)) {
      if (!wishes.has(port)) wishes.set(port, atLeastOne(null));
    }
  }
  return [...wishes]
    .flatMap(([port, bindings]) => bindings.map((binding) => toWish(port, binding, sharing)))
    .sort((a, b) => freedom(a) - freedom(b) || a.containerPort - b.containerPort);
}

function atLeastOne(bindings: readonly PortBinding[] | null): readonly PortBinding[] {
  return bindings === null || bindings.length === 0 ? [{ HostIp: "", HostPort: "" }] : bindings;
}

/** `80`, `80/tcp` or `80-82/udp`, one by one as `80/tcp`. Checked when the container was created. */
function portsOf(spec: string): string[] {
  const [range = "", protocol = "tcp"] = spec.split("/", 2);
  const [first, last] = bounds(range);
  return Array.from({ length: last - first + 1 }, (_, i) => `${first + i}/${protocol.toLowerCase()}`);
}

function bounds(range: string): readonly [number, number] {
  const [first = "", last = first] = range.split("-", 2);
  return [Number(first), Number(last)];
}

export function toWish(port: string, binding: PortBinding, sharing: Sharing): PortWish {
  const [number, protocol] = port.split("/", 2);
  const [first, last] = bounds(binding.HostPort || "0");
  return {
    containerPort: Number(number),
    protocol: protocol === "udp" || protocol === "sctp" ? protocol : "tcp",
    hostIp: binding.HostIp,
    hostPortFirst: first,
    hostPortLast: last,
    // Of a range, or of all ports, everyone finds one of its own.
    ...(first === last && first !== 0 && sharing),
  };
}

/** How the stock docker program asks for what has no flag of its own there. */
export const publishModeLabel = "hull.publish-mode";
export const publishModes = ["exclusive", "shared"] as const;

/** Narrows sharing down to containers that have the same text here. */
const publishGroupLabel = "hull.publish-group";

export interface Sharing {
  readonly shared?: true;
  readonly group?: string;
}

export function sharingOf(labels: ContainerConfig["Labels"]): Sharing {
  const mode = labels?.[publishModeLabel];
  if (mode === undefined) return replicaSharing(labels ?? {});
  if (mode !== "shared") return {};
  const group = labels?.[publishGroupLabel];
  return { shared: true, ...(group !== undefined && { group }) };
}

/** Replicas of a Compose service share by themselves, whichever Compose made them; what `run` makes does not. */
function replicaSharing(labels: Readonly<Record<string, string>>): Sharing {
  const project = labels["com.docker.compose.project"];
  const service = labels["com.docker.compose.service"];
  const isReplica = project && service && labels["com.docker.compose.oneoff"] !== "True";
  return isReplica ? { shared: true, group: `${project}/${service}` } : {};
}

function freedom({ hostPortFirst: first, hostPortLast: last }: PortWish): number {
  return first === 0 ? 65536 : last - first;
}
