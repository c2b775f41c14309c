import { isIP } from "node:net";
import { invalidArgument } from "../errors/engine-error.ts";

export interface HostsFile {
  readonly hostname: string;
  readonly domainname: string;
  /** The container's own addresses, one a network; none without a network of its own. */
  readonly addresses: readonly string[];
  /** `--add-host` as given: `name:address`, `name=address`, `name:host-gateway`. */
  readonly extraHosts: readonly string[];
  /** Of the machine itself, for containers that cannot ask the resolver for `host.docker.internal`. */
  readonly hostAddresses?: readonly string[];
  /** What `host-gateway` stands for. */
  readonly hostGateway: string;
  /** `--link`: another container's address under its names. */
  readonly links: readonly { readonly address: string; readonly names: readonly string[] }[];
}

const loopbackLines = [
  "127.0.0.1\tlocalhost",
  "::1\tlocalhost ip6-localhost ip6-loopback",
  "fe00::0\tip6-localnet",
  "ff00::0\tip6-mcastprefix",
  "ff02::1\tip6-allnodes",
  "ff02::2\tip6-allrouters",
];

/** The text of a container's /etc/hosts, line for line as Docker writes it. */
export function hostsFile(wish: HostsFile): string {
  const lines = [...loopbackLines];
  for (const extra of wish.extraHosts) {
    const { name, address } = parseExtraHost(extra);
    lines.push(`${address === "host-gateway" ? wish.hostGateway : address}\t${name}`);
  }
  lines.push(...hostLines(wish));
  for (const link of wish.links) lines.push(`${link.address}\t${[...new Set(link.names)].join(" ")}`);
  for (const address of wish.addresses) lines.push(`${address}\t${ownNames(wish)}`);
  return `${lines.join("\n")}\n`;
}

const hostNames = ["host.docker.internal", "gateway.docker.internal"];

/** What the user called by one of these names stays the only one. */
function hostLines({ hostAddresses = [], extraHosts }: HostsFile): string[] {
  const taken = new Set(extraHosts.map((extra) => parseExtraHost(extra).name.toLowerCase()));
  const names = hostNames.filter((name) => !taken.has(name));
  return names.length === 0 ? [] : hostAddresses.map((address) => `${address}\t${names.join(" ")}`);
}

/**
 * With `--network host` the container sees the host's file; as in Docker, extra hosts make it a
 * file of its own instead.
 */
export function hostNetworkHostsFile(
  hostFile: string,
  extraHosts: readonly string[],
  hostGateway: string,
): string {
  if (extraHosts.length === 0) return hostFile;
  return hostsFile({ hostname: "", domainname: "", addresses: [], extraHosts, hostGateway, links: [] });
}

/** The full name first, then the short one: `web.example.com web`. */
export function ownNames({ hostname, domainname }: Pick<HostsFile, "hostname" | "domainname">): string {
  const full = domainname === "" ? hostname : `${hostname}.${domainname}`;
  const dot = full.indexOf(".");
  return dot > 0 ? `${full} ${full.slice(0, dot)}` : full;
}

/** Throws Docker's sentence for what is no host and address. */
export function parseExtraHost(text: string): { readonly name: string; readonly address: string } {
  const match = /^([^:=]+)[:=](.+)$/.exec(text);
  const name = match?.[1] ?? "";
  const address = (match?.[2] ?? "").replace(/^\[(.*)\]$/, "$1");
  if (name === "" || address === "")
    throw invalidArgument(`bad format for add-host: ${JSON.stringify(text)}`);
  if (address !== "host-gateway" && isIP(address) === 0) {
    throw invalidArgument(`invalid IP address in add-host: ${JSON.stringify(address)}`);
  }
  return { name, address };
}
