import { invalidArgument } from "../../../errors/engine-error.ts";
import type { Flag } from "../flag.ts";
import { csvFields, cut } from "./csv-fields.ts";

/** One network a container is to join, and how. */
export interface NetworkWish {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly links?: readonly string[];
  readonly ip?: string;
  readonly ip6?: string;
  readonly mac?: string;
  readonly linkLocal?: readonly string[];
  readonly driverOptions?: Readonly<Record<string, string>>;
  readonly priority?: number;
}

export function networkFlag(help: string): Flag<readonly NetworkWish[]> {
  return {
    placeholder: "network",
    help,
    initial: [],
    add: (current, text) => [...current, parseNetwork(text)],
  };
}

/** A name, or `name=…,alias=…,ip=…`: fields of one CSV line. */
export function parseNetwork(text: string): NetworkWish {
  if (!/\w+=\w+(,\w+=\w+)*/.test(text)) return { name: text };
  const aliases: string[] = [];
  const linkLocal: string[] = [];
  const driverOptions: Record<string, string> = {};
  const single: Record<string, string> = {};
  let priority = 0;
  for (const field of csvFields(text)) {
    // Letters are made small in keys and values alike, as Docker does it.
    const [written, rest] = cut(field.toLowerCase(), "=");
    if (rest === undefined || written === "") throw invalidArgument(`invalid field ${field}`);
    const key = written.trim();
    const value = rest.trim();
    if (["name", "ip", "ip6", "mac-address"].includes(key)) single[key] = value;
    else if (key === "alias") aliases.push(value);
    else if (key === "link-local-ip") linkLocal.push(value);
    else if (key === "driver-opt") {
      const [option, setting] = cut(value, "=");
      if (!setting || option === "") {
        throw invalidArgument("invalid key value pair format in driver options");
      }
      driverOptions[option.trim()] = setting.trim();
    } else if (key === "gw-priority") {
      if (!/^[+-]?\d+$/.test(value)) throw invalidArgument(`invalid gw-priority (${value}): invalid syntax`);
      priority = Number(value);
    } else throw invalidArgument(`invalid field key ${key}`);
  }
  const { name, ip, ip6, "mac-address": mac } = single;
  if (!name) throw invalidArgument("network name/id is not specified");
  return {
    name,
    priority,
    ...(aliases.length > 0 && { aliases }),
    ...(linkLocal.length > 0 && { linkLocal }),
    ...(Object.keys(driverOptions).length > 0 && { driverOptions }),
    ...(ip && { ip }),
    ...(ip6 && { ip6 }),
    ...(mac && { mac }),
  };
}
