import { invalidArgument } from "../../errors/engine-error.ts";
import type { ContainerInspectResponse } from "../../protocol/generated/types.ts";

/** Where a tunnel to a container ends: at a published port of its machine, or inside of it. */
export type TunnelTarget =
  | { readonly kind: "published"; readonly host: string; readonly port: number; readonly inside: number }
  | { readonly kind: "inside"; readonly inside: number };

interface Published {
  readonly inside: number;
  readonly host: string;
  readonly port: number;
}

/**
 * Picks the port of a container that a tunnel leads to: the one asked for (inside, or as it is
 * published), else the only one that is published, else the only one that is exposed.
 */
export function chooseTarget(
  name: string,
  container: Pick<ContainerInspectResponse, "NetworkSettings" | "Config">,
  wanted: number | undefined,
): TunnelTarget {
  const published = publishedPorts(container);
  const exposed = Object.keys(container.Config?.ExposedPorts ?? {}).flatMap(tcpPort);
  const at = ({ inside }: Published): TunnelTarget => {
    // The kernel forwards no IPv6 loopback, so of what is open on [::] ssh gets nowhere over there.
    const way = published.find((one) => one.inside === inside && one.host !== "::");
    return way ? { kind: "published", ...way } : { kind: "inside", inside };
  };
  if (wanted !== undefined) {
    const direct = published.find(({ inside }) => inside === wanted);
    if (direct) return at(direct);
    const outside = exposed.includes(wanted) ? undefined : published.find(({ port }) => port === wanted);
    return outside ? at(outside) : { kind: "inside", inside: wanted };
  }
  const [first] = published;
  if (first && new Set(published.map(({ inside }) => inside)).size === 1) return at(first);
  const [only] = exposed;
  if (published.length === 0 && only !== undefined && exposed.length === 1)
    return { kind: "inside", inside: only };
  throw invalidArgument(choice(name, published, exposed));
}

function choice(name: string, published: readonly Published[], exposed: readonly number[]): string {
  const all = [...new Set([...published.map(({ inside }) => inside), ...exposed])].sort((a, b) => a - b);
  if (all.length === 0) return `container ${name} neither publishes nor exposes a port: write ${name}:PORT`;
  const ways = all.map((port) => `${name}:${port}`);
  return `container ${name} has several ports: write ${ways.slice(0, -1).join(", ")} or ${ways.at(-1)}`;
}

function publishedPorts({
  NetworkSettings: settings,
}: Pick<ContainerInspectResponse, "NetworkSettings">): Published[] {
  return Object.entries(settings?.Ports ?? {}).flatMap(([key, bindings]) =>
    tcpPort(key).flatMap((inside) =>
      (bindings ?? []).map(({ HostIp: address, HostPort: port }) => ({
        inside,
        host: !address || address === "0.0.0.0" ? "127.0.0.1" : address,
        port: Number(port),
      })),
    ),
  );
}

/** `80/tcp` as 80; nothing for other protocols, which ssh does not carry. */
function tcpPort(key: string): number[] {
  const [port, protocol = "tcp"] = key.split("/");
  return protocol === "tcp" ? [Number(port)] : [];
}
