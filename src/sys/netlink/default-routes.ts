import { internal } from "../../errors/engine-error.ts";
import { errnoOf } from "../errno-of.ts";
import { netlinkInNamespace } from "../namespaces.ts";
import { findLink } from "./links.ts";
import { deleteDefaultRoute, listRoutes, setDefaultRoute } from "./routes.ts";

export interface DefaultRoute {
  readonly interfaceName: string;
  readonly gateway: string;
}

/** Makes these the default routes of a namespace. A family left out has none afterwards. */
export function setDefaultRoutes(
  namespacePath: string,
  { ipv4, ipv6 }: { readonly ipv4?: DefaultRoute; readonly ipv6?: DefaultRoute },
): void {
  using inside = netlinkInNamespace(namespacePath);
  const action = "set the container's default route";
  for (const [family, route] of [
    [4, ipv4],
    [6, ipv6],
  ] as const) {
    if (!route) {
      const [failure] = inside.changeAll(action, [deleteDefaultRoute(family)]);
      if (failure && !isNothingThere(failure)) throw failure;
      continue;
    }
    const link = findLink(inside, route.interfaceName);
    if (!link) throw internal(`network interface "${route.interfaceName}" is not there`);
    inside.change(action, setDefaultRoute(family, route.gateway, link.index));
  }
}

/** No such route, or no IPv6 in this kernel. */
const isNothingThere = (failure: Error): boolean =>
  ["ESRCH", "ENOENT", "EAFNOSUPPORT", "EOPNOTSUPP"].includes(errnoOf(failure) ?? "");

/** Which families a namespace has a default route of. */
export function hasDefaultRoutes(namespacePath: string): { readonly ipv4: boolean; readonly ipv6: boolean } {
  using inside = netlinkInNamespace(namespacePath);
  const destinations = listRoutes(inside).map((route) => route.destination);
  return { ipv4: destinations.includes("0.0.0.0/0"), ipv6: destinations.includes("::/0") };
}
