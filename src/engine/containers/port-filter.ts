import { invalidArgument } from "../../errors/engine-error.ts";
import type { Filters } from "../filters.ts";
import { filterValues } from "../filters.ts";

/** The ports that `publish` or `expose` name (`80`, `80/udp`, `8000-8010/tcp`), one by one as `80/tcp`. */
export function portsOfFilter(filters: Filters, name: string): ReadonlySet<string> {
  const ports = new Set<string>();
  for (const value of filterValues(filters, name)) {
    if (value.includes(":")) {
      throw invalidArgument(`filter for '${name}' should not contain ':': ${value}`);
    }
    const [range = "", protocol = "tcp"] = value.split("/", 2);
    const [first = "", last = first] = range.split("-", 2);
    const from = portNumber(first, name, value);
    const to = portNumber(last, name, value);
    if (to < from) throw refusal(name, value, `invalid range specified for port: ${range}`);
    for (let port = from; port <= to; port++) ports.add(`${port}/${protocol.toLowerCase()}`);
  }
  return ports;
}

function portNumber(text: string, name: string, value: string): number {
  if (text === "") throw refusal(name, value, "empty string specified for ports");
  if (!/^\d+$/.test(text)) {
    throw refusal(name, value, `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  const port = Number(text);
  if (port > 65535) {
    throw refusal(name, value, `strconv.ParseUint: parsing ${JSON.stringify(text)}: value out of range`);
  }
  return port;
}

const refusal = (name: string, value: string, reason: string) =>
  invalidArgument(`error while looking up for ${name} ${value}: ${reason}`);
