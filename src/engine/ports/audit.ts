import type { EngineContext } from "../context.ts";
import type { PortAudit } from "../services/ports.ts";
import { exposureWarning, reachOf } from "./reach.ts";

/** Every published port with who can reach it, as the addresses and firewalls of this host are now. */
export async function auditPorts(context: EngineContext): Promise<readonly PortAudit[]> {
  const { networking } = context;
  const [addresses, droppers] = [networking.hostAddresses(), await networking.forwardDroppers()];
  return networking.ports.routes().flatMap(({ containerId, port, via }): PortAudit[] => {
    const container = context.containers.get(containerId)?.record;
    if (!container) return [];
    const found = reachOf(port, via, addresses);
    const warning = exposureWarning(port, found.reach);
    // A proxy is a program of the host: packets for it are not forwarded.
    const isForwarded = via !== "proxy" && found.reach.some((reach) => reach !== "loopback");
    const dropped = isForwarded
      ? droppers.map((chain) => `other machines may be kept out by the firewall chain "${chain}"`)
      : [];
    return [{ container, port, via, ...found, warnings: [...(warning ? [warning] : []), ...dropped] }];
  });
}
