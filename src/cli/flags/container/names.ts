import { invalidArgument } from "../../../errors/engine-error.ts";
import { type FlagValues, listFlag } from "../flag.ts";
import { ipKind } from "../ip-kind.ts";
import { cut } from "./csv-fields.ts";

function checkAddress(text: string): string {
  const address = text.trim();
  if (ipKind(address) !== 0) return address;
  throw invalidArgument(`IP address is not correctly formatted: ${text}`);
}

function checkDomain(text: string): string {
  const domain = text.trim();
  if (domain === ".") return domain;
  const part = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
  const valid = new RegExp(`^${part}(?:\\.${part})*\\.?$`).test(domain) && /[a-zA-Z]/.test(domain);
  if (valid && domain.length < 255) return domain;
  throw invalidArgument(`${text} is not a valid domain`);
}

/** `name=address` or `name:address`; the address may be in brackets, or `host-gateway`. */
function parseExtraHost(text: string): string {
  const [name, address] = text.includes("=") ? cut(text, "=") : cut(text, ":");
  if (address === undefined || name === "" || name.includes(":")) {
    throw invalidArgument(`bad format for add-host: ${JSON.stringify(text)}`);
  }
  if (address === "host-gateway") return `${name}:${address}`;
  const bare = /^\[(.+)\]$/.exec(address)?.[1] ?? address;
  if (ipKind(bare) === 0) throw invalidArgument(`invalid IP address in add-host: ${JSON.stringify(address)}`);
  return `${name}:${bare}`;
}

const options = listFlag("Set DNS options");

export const nameFlags = {
  "add-host": listFlag("Add a custom host-to-IP mapping (host:ip)", { parse: parseExtraHost }),
  dns: listFlag("Set custom DNS servers", { parse: checkAddress }),
  "dns-opt": { ...options, hidden: true },
  "dns-option": options,
  "dns-search": listFlag("Set custom DNS search domains", { parse: checkDomain }),
};

export function namesOf(values: FlagValues<typeof nameFlags>) {
  return {
    Dns: [...values.dns],
    DnsOptions: [...values["dns-option"], ...values["dns-opt"]],
    DnsSearch: [...values["dns-search"]],
    ExtraHosts: values["add-host"].length > 0 ? [...values["add-host"]] : null,
  };
}

/** A server on the loopback of the host is not there inside. */
export function localhostServer(servers: readonly string[]): string | undefined {
  return servers.find((address) => address.startsWith("127.") || address === "::1");
}
