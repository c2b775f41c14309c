import { invalidArgument } from "../../../errors/engine-error.ts";
import { setEntry } from "../../yaml/places.ts";
import { isMap, type YamlValue } from "../../yaml/yaml-value.ts";
import { ownEntry } from "../own-entry.ts";
import { goText, goType } from "./go-text.ts";

/** `host=address` or `host:address`, several addresses with commas between; or a map of them. */
export function decodeHosts(value: YamlValue): Record<string, string[]> {
  const hosts: Record<string, string[]> = {};
  if (isMap(value)) {
    for (const [host, entry] of Object.entries(value)) {
      if (entry !== null && typeof entry !== "string" && !Array.isArray(entry)) {
        throw invalidArgument(`unexpected value type ${goType(entry)} for extra_hosts entry`);
      }
      setEntry(hosts, host, Array.isArray(entry) ? entry.map(goText) : [entry ?? ""]);
    }
  } else if (Array.isArray(value)) {
    for (const entry of value) {
      const [host, addresses] = split(goText(entry));
      setEntry(hosts, host, [...(ownEntry(hosts, host) ?? []), ...addresses.split(",")]);
    }
  } else {
    throw invalidArgument(`unexpected value type ${goType(value)} for extra_hosts`);
  }
  for (const [host, addresses] of Object.entries(hosts)) {
    if (host === "" || /[:=]/.test(host)) throw invalidArgument(`bad host name '${host}'`);
    hosts[host] = addresses.map((address) => address.replace(/^\[(.+)\]$/, "$1"));
  }
  return hosts;
}

function split(entry: string): [string, string] {
  for (const separator of ["=", ":"]) {
    const at = entry.indexOf(separator);
    if (at >= 0) return [entry.slice(0, at), entry.slice(at + 1)];
  }
  throw invalidArgument(`invalid additional host, missing IP: ${entry}`);
}
