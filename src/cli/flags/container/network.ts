import { invalidArgument } from "../../../errors/engine-error.ts";
import { type FlagValues, listFlag, stringFlag } from "../flag.ts";
import { type NetworkWish, networkFlag } from "./network-flag.ts";

function parseLink(text: string): string {
  if (text === "") throw invalidArgument("empty string specified for links");
  if (text.split(":").length > 2) throw invalidArgument(`bad format for links: ${text}`);
  return text;
}

const network = networkFlag("Connect a container to a network");
const alias = listFlag("Add network-scoped alias for the container");

export const networkFlags = {
  ip: stringFlag("IPv4 address (e.g., 172.30.100.104)"),
  ip6: stringFlag("IPv6 address (e.g., 2001:db8::33)"),
  link: listFlag("Add link to another container", { parse: parseLink }),
  "link-local-ip": listFlag("Container IPv4/IPv6 link-local addresses"),
  "mac-address": stringFlag("Container MAC address (e.g., 92:d0:c6:0a:29:33)"),
  net: { ...network, hidden: true },
  "net-alias": { ...alias, hidden: true },
  network,
  "network-alias": alias,
};

type Values = FlagValues<typeof networkFlags>;

/** The settings of one network a container joins, as the API takes them. */
interface Endpoint {
  readonly IPAMConfig: unknown;
  readonly Links: readonly string[] | null;
  readonly Aliases: readonly string[] | null;
  readonly MacAddress: string;
  readonly DriverOpts: Readonly<Record<string, string>> | null;
  readonly GwPriority: number;
}

export function networksOf(values: Values) {
  const wishes = [...values.network, ...values.net];
  const endpoints = endpointsOf(wishes, values);
  return {
    mode: wishes[0]?.name ?? "default",
    links: values.link.length > 0 ? [...values.link] : null,
    config: { EndpointsConfig: endpoints },
  };
}

function endpointsOf(wishes: readonly NetworkWish[], values: Values): Record<string, Endpoint> {
  const endpoints: Record<string, Endpoint> = {};
  if (wishes.length === 0) endpoints.default = endpointOf(withOwnFlags({ name: "default" }, values));
  wishes.forEach((wish, at) => {
    // What the other flags say is about the first network.
    const endpoint = endpointOf(at === 0 ? withOwnFlags(wish, values) : wish);
    if (Object.hasOwn(endpoints, wish.name)) {
      throw invalidArgument(`network ${JSON.stringify(wish.name)} is specified multiple times`);
    }
    // Older engines do not take settings of a network that is the only one and has none.
    if (wishes.length > 1 || !isPlain(endpoint)) endpoints[wish.name] = endpoint;
  });
  if (new Set(wishes.map(({ name }) => isUserDefined(name))).size > 1) {
    throw invalidArgument(
      "conflicting options: cannot attach both user-defined and non-user-defined network-modes",
    );
  }
  return endpoints;
}

function withOwnFlags(wish: NetworkWish, values: Values): NetworkWish {
  const aliases = [...values["network-alias"], ...values["net-alias"]];
  const { ip, ip6, link } = values;
  const mac = values["mac-address"];
  const local = values["link-local-ip"];
  const both = (flag: string, what: string) =>
    invalidArgument(`conflicting options: cannot specify both --${flag} and per-network ${what}`);
  if (wish.aliases?.length && aliases.length > 0) throw both("network-alias", "alias");
  if (wish.ip && ip !== "") throw both("ip", "IPv4 address");
  if (wish.ip6 && ip6 !== "") throw both("ip6", "IPv6 address");
  if (wish.mac && mac !== "") throw both("mac-address", "MAC address");
  if (wish.linkLocal?.length && local.length > 0) {
    throw both("link-local-ip", "link-local IP addresses");
  }
  return {
    ...wish,
    ...(aliases.length > 0 && { aliases }),
    // On the default bridge links are the container's own, elsewhere they are names on the network.
    ...(isUserDefined(wish.name) && link.length > 0 && { links: link }),
    ...(ip !== "" && { ip }),
    ...(ip6 !== "" && { ip6 }),
    ...(mac !== "" && { mac }),
    ...(local.length > 0 && { linkLocal: local }),
  };
}

function endpointOf(wish: NetworkWish): Endpoint {
  if (wish.name.trim() === "") throw invalidArgument("no name set for network");
  if (!isUserDefined(wish.name) && wish.aliases?.length) {
    throw invalidArgument("network-scoped aliases are only supported for user-defined networks");
  }
  if (wish.mac && !isMacAddress(wish.mac)) throw invalidArgument(`${wish.mac} is not a valid mac address`);
  const addresses = {
    ...(wish.ip && { IPv4Address: wish.ip }),
    ...(wish.ip6 && { IPv6Address: wish.ip6 }),
    ...(wish.linkLocal?.length && { LinkLocalIPs: wish.linkLocal }),
  };
  return {
    ...emptyEndpoint,
    IPAMConfig: Object.keys(addresses).length > 0 ? addresses : null,
    Links: wish.links ?? null,
    Aliases: wish.aliases?.length ? wish.aliases : null,
    MacAddress: wish.mac ?? "",
    DriverOpts: wish.driverOptions ?? null,
    GwPriority: wish.priority ?? 0,
  };
}

/** What the engine fills in. */
const emptyEndpoint = {
  NetworkID: "",
  EndpointID: "",
  Gateway: "",
  IPAddress: "",
  IPPrefixLen: 0,
  IPv6Gateway: "",
  GlobalIPv6Address: "",
  GlobalIPv6PrefixLen: 0,
  DNSNames: null,
};

const isPlain = ({ IPAMConfig, Links, Aliases, MacAddress, DriverOpts, GwPriority }: Endpoint) =>
  !IPAMConfig && !Links && !Aliases && MacAddress === "" && !DriverOpts && GwPriority === 0;

const isUserDefined = (name: string) => !/^(default|bridge|host|none|container:.*)$/.test(name);

function isMacAddress(text: string): boolean {
  const pairs =
    /^[0-9a-f]{2}(?:([:-])[0-9a-f]{2}){5,19}$/i.test(text) && !(text.includes(":") && text.includes("-"));
  const length = text.split(/[:-]/).length;
  return (pairs && [6, 8, 20].includes(length)) || /^[0-9a-f]{4}(?:\.[0-9a-f]{4}){2,9}$/i.test(text);
}
