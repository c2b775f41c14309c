import { isIP } from "node:net";

/** What resolv.conf(5) says, each list in its order. */
export interface ResolvConfContent {
  readonly servers: readonly string[];
  /** Words after `nameserver` that are no address. */
  readonly invalidServers: readonly string[];
  readonly search: readonly string[];
  readonly options: readonly string[];
  /** Lines with other keywords, as they are. */
  readonly others: readonly string[];
}

export function parseResolvConf(text: string): ResolvConfContent {
  const servers: string[] = [];
  const invalidServers: string[] = [];
  let search: string[] = [];
  const options: string[] = [];
  const others: string[] = [];
  for (const line of text.split("\n")) {
    const [keyword = "", ...values] = line.trim().split(/\s+/);
    if (keyword === "" || keyword.startsWith("#") || keyword.startsWith(";")) continue;
    const [value] = values;
    switch (keyword) {
      case "nameserver":
        if (value !== undefined) (isAddress(value) ? servers : invalidServers).push(value);
        break;
      case "search":
      case "domain":
        // The last of them counts.
        if (value !== undefined) search = values;
        break;
      case "options":
        options.push(...values);
        break;
      default:
        others.push(line);
    }
  }
  return { servers, invalidServers, search, options, others };
}

/** An IPv6 address may name its link: `fe80::1%eth0`. */
const isAddress = (text: string): boolean => isIP(text) !== 0;

/** Asked when the host names no server at all. */
export const publicServers: readonly string[] = ["8.8.8.8", "8.8.4.4"];
