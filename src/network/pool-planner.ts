import { forbidden } from "../errors/engine-error.ts";
import { type Family, familyOf, formatSubnet, overlap, parseSubnet } from "../lib/ip.ts";
import type { IpamPool } from "../records/network-record.ts";
import { type AddressPool, choosePool } from "./address-pools.ts";
import { parsePool } from "./ipam.ts";

export interface AddressSpace {
  readonly pools: readonly AddressPool[];
  /** The other networks of this engine. */
  readonly networks: readonly { readonly name: string; readonly subnet: string }[];
  /** Where this host has routes to, and through which interface. */
  readonly routes: readonly { readonly destination: string; readonly link: string }[];
  /** A subnet the user names may be one the host is in: its containers become the host's neighbours. */
  readonly sharesRoutes?: boolean;
}

/**
 * Fills in what the user left open and refuses what cannot work: a pool of each family, IPv4
 * first. A family nothing is said about gets a free subnet. Pure.
 */
export function planPools(
  requested: readonly IpamPool[],
  families: readonly Family[],
  space: AddressSpace,
): IpamPool[] {
  const wishes = families.flatMap((family) => {
    const named = requested.filter((pool) => pool.subnet !== "" && familyOf(pool.subnet) === family);
    return named.length > 0 ? named.map((pool) => ({ family, pool })) : [{ family, pool: { subnet: "" } }];
  });
  const planned: IpamPool[] = [];
  for (const { family, pool: wish } of wishes) {
    const networks = [
      ...space.networks,
      ...planned.map(({ subnet }) => ({ name: "the same network", subnet })),
    ].filter(({ subnet }) => familyOf(subnet) === family);
    const routes = space.routes.filter(({ destination }) => isObstacle(destination, family));
    if (wish.subnet !== "") refuseOverlap(wish.subnet, networks, space.sharesRoutes ? [] : routes);
    const subnet =
      wish.subnet ||
      choosePool(space.pools, family, [
        ...networks.map((network) => network.subnet),
        ...routes.map((route) => route.destination),
      ]);
    const automatic = wish.subnet === "" ? { automatic: true } : {};
    const pool = { ...wish, ...automatic, subnet: formatSubnet(parseSubnet(subnet)) };
    planned.push({ ...pool, gateway: parsePool(pool).gateway });
  }
  return planned;
}

const linkLocal = parseSubnet("fe80::/10");

/** Default routes and those every interface has to its own link are in nobody's way. */
function isObstacle(destination: string, family: Family): boolean {
  const subnet = parseSubnet(destination);
  return subnet.family === family && subnet.prefixLength > 0 && !overlap(subnet, linkLocal);
}

function refuseOverlap(
  subnet: string,
  networks: AddressSpace["networks"],
  routes: AddressSpace["routes"],
): void {
  const wanted = parseSubnet(subnet);
  const isHit = (text: string) => overlap(wanted, parseSubnet(text));
  const network = networks.find((other) => isHit(other.subnet));
  if (network) {
    throw forbidden(
      `Pool overlaps with other one on this address space: ${subnet} and network ${network.name} (${network.subnet})`,
    );
  }
  const route = routes.find((other) => isHit(other.destination));
  if (route) {
    const through = route.link === "" ? "" : ` through interface ${route.link}`;
    throw forbidden(
      `Pool overlaps with other one on this address space: ${subnet} and this host's route to ${route.destination}${through}`,
    );
  }
}
