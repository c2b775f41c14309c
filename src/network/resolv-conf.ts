import { isIP } from "node:net";

export interface ResolvConfWish {
  /** The host's /etc/resolv.conf. */
  readonly host: string;
  /** `--dns`, `--dns-search`, `--dns-option`; each, when given, replaces the host's. */
  readonly servers: readonly string[];
  readonly search: readonly string[];
  readonly options: readonly string[];
  /** With the host's own network its loopback resolvers work and are kept. */
  readonly hostNetwork: boolean;
}

/** Asked when the host names no server a container could reach. */
const publicServers = ["8.8.8.8", "8.8.4.4"];

/** The text of a container's /etc/resolv.conf, as Docker writes it. */
export function resolvConf(wish: ResolvConfWish): string {
  const isOverridden = wish.servers.length + wish.search.length + wish.options.length > 0;
  if (!isOverridden && wish.hostNetwork) return wish.host;
  const host = parse(wish.host);
  const inherited = wish.hostNetwork ? host.servers : host.servers.filter(isReachable);
  const usable = inherited.length > 0 ? inherited : publicServers;
  const servers = wish.servers.length > 0 ? wish.servers : usable;
  if (!isOverridden) return keepHostFile(wish.host, servers);
  const search = wish.search.length > 0 ? wish.search : host.search;
  const options = wish.options.length > 0 ? wish.options : host.options;
  let text = "";
  // `--dns-search .` asks for no search list at all.
  if (search.length > 0 && !(search.length === 1 && search[0] === "."))
    text += `search ${search.join(" ")}\n`;
  for (const server of servers) text += `nameserver ${server}\n`;
  if (options.length > 0) text += `options ${options.join(" ")}\n`;
  return text;
}

/**
 * A container's own network reaches neither the host's loopback nor a link-local address of the
 * host. IPv6 servers are left out because no container network here has IPv6.
 */
function isReachable(server: string): boolean {
  return isIP(server) === 4 && !server.startsWith("127.");
}

/** The host's file with its other lines as they are, and the servers a container can use. */
function keepHostFile(host: string, servers: readonly string[]): string {
  const lines = host.split("\n").filter((line) => line.trim() !== "");
  const others = lines.filter((line) => !isServerLine(line));
  const had = lines.filter(isServerLine).map((line) => line.trim().split(/\s+/)[1] ?? "");
  const unchanged = had.length === servers.length && had.every((server, index) => server === servers[index]);
  if (unchanged) return host.endsWith("\n") ? host : `${host}\n`;
  return [...others, ...servers.map((server) => `nameserver ${server}`)].map((line) => `${line}\n`).join("");
}

const isServerLine = (line: string): boolean => /^\s*nameserver\s/.test(line);

function parse(text: string) {
  const servers: string[] = [];
  let search: string[] = [];
  const options: string[] = [];
  for (const line of text.split("\n")) {
    const [keyword = "", ...values] = line
      .replace(/[#;].*$/, "")
      .trim()
      .split(/\s+/);
    if (keyword === "nameserver" && values[0]) servers.push(values[0]);
    // The last of them counts (resolv.conf(5)).
    if (keyword === "search" || keyword === "domain") search = values;
    if (keyword === "options") options.push(...values);
  }
  return { servers, search, options };
}
