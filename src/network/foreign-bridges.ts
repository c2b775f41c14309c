import { conflict, internal } from "../errors/engine-error.ts";
import type { NetworkRecord } from "../records/network-record.ts";
import { bridgeOptions } from "./bridge-options.ts";
import { isEngineMark } from "./engine-mark.ts";
import type { HostLink, NetworkKernel } from "./kernel.ts";

/** Address with prefix of the default bridge, if the user made that before us. */
export function bridgeOfUser(kernel: NetworkKernel, name: string, group: number): string | undefined {
  const link = kernel.link(name);
  if (!link || link.group === group) return undefined;
  if (link.kind !== "bridge") throw internal(`network interface "${name}" exists and is not a bridge`);
  if (isEngineMark(link.group)) {
    throw conflict(
      `bridge "${name}" belongs to another engine (one with another exec-root): give this one a bridge of its own with --bridge, or remove a left-over one with "ip link delete ${name}"`,
    );
  }
  const address = kernel.addressesOf(name)[0];
  return address && `${address.address}/${address.prefixLength}`;
}

/** A network may use a bridge that the user made; other networks' and other engines' it may not. */
export function refuseForeignBridge(
  bridge: string,
  link: HostLink | undefined,
  networks: readonly NetworkRecord[],
  group: number,
): void {
  if (!link) return;
  if (link.kind !== "bridge") {
    throw conflict(`network interface "${bridge}" exists on this host and is not a bridge`);
  }
  const holder = networks.find(
    (network) => network.driver === "bridge" && bridgeOptions(network).bridge === bridge,
  );
  if (holder) throw conflict(`bridge "${bridge}" is in use by network ${holder.name}`);
  if (isEngineMark(link.group) && link.group !== group) {
    throw conflict(`bridge "${bridge}" belongs to another engine on this host`);
  }
}
