import { posix } from "node:path";
import { invalidArgument } from "../../../errors/engine-error.ts";
import { isCdiName } from "../../../lib/cdi-name.ts";
import { type Flag, type FlagValues, listFlag } from "../flag.ts";
import { csvFields, cut, recordOf } from "./csv-fields.ts";

interface DeviceRequest {
  Driver: string;
  Count: number;
  DeviceIDs: string[] | null;
  Capabilities: string[][] | null;
  Options: Record<string, string> | null;
}

function parseRule(text: string): string {
  if (/^[acb] ([0-9]+|\*):([0-9]+|\*) [rwm]{1,3}$/.test(text)) return text;
  throw invalidArgument(`invalid device cgroup format '${text}'`);
}

function parseCount(text: string): number {
  if (text === "all") return -1;
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  throw invalidArgument(`invalid count (${text}): value must be either "all" or an integer: invalid syntax`);
}

/** `all`, `2`, or `device=0,driver=nvidia,capabilities=compute,options=a=b`. */
function parseGpus(text: string): DeviceRequest {
  const request: DeviceRequest = { Driver: "", Count: 0, DeviceIDs: null, Capabilities: null, Options: null };
  const seen = new Set<string>();
  for (const field of csvFields(text)) {
    const [key, value] = cut(field, "=");
    if (seen.has(key)) throw invalidArgument(`gpu request key '${key}' can be specified only once`);
    seen.add(key);
    if (value === undefined) {
      seen.add("count");
      request.Count = parseCount(key);
    } else if (key === "count") request.Count = parseCount(value);
    else if (key === "driver") request.Driver = value;
    else if (key === "device") request.DeviceIDs = value.split(",");
    else if (key === "capabilities") request.Capabilities = [[...value.split(","), "gpu"]];
    else if (key === "options") request.Options = recordOf(csvFields(value));
    else throw invalidArgument(`unexpected key '${key}' in '${field}'`);
  }
  if (!seen.has("count") && request.DeviceIDs === null) request.Count = 1;
  request.Options ??= {};
  request.Capabilities ??= [["gpu"]];
  return request;
}

function gpusFlag(help: string): Flag<readonly DeviceRequest[]> {
  return {
    placeholder: "gpu-request",
    help,
    initial: [],
    add: (current, text) => [...current, parseGpus(text)],
  };
}

export const deviceFlags = {
  device: listFlag("Add a host device to the container"),
  "device-cgroup-rule": listFlag("Add a rule to the cgroup allowed devices list", { parse: parseRule }),
  gpus: gpusFlag("GPU devices to add to the container ('all' to pass all GPUs)"),
};

export function devicesOf(values: FlagValues<typeof deviceFlags>) {
  const named = values.device.filter(isCdiName);
  const paths = values.device.filter((text) => !isCdiName(text));
  const requests = [...values.gpus];
  if (named.length > 0) {
    requests.push({ Driver: "cdi", Count: 0, DeviceIDs: named, Capabilities: null, Options: null });
  }
  return {
    Devices: paths.map(parseDevice),
    DeviceCgroupRules: values["device-cgroup-rule"].length > 0 ? [...values["device-cgroup-rule"]] : null,
    DeviceRequests: requests.length > 0 ? requests : null,
  };
}

/** Letters of r, w and m, each at most once. */
const isMode = (text: string) => /^(?:([rwm])(?!.*\1))+$/.test(text);

/** `/dev/a[:/dev/b][:rwm]`. */
function parseDevice(text: string) {
  const parts = text.split(":");
  const [host = "", second, third] = parts;
  if (parts.length > 3 || host === "") throw invalidArgument(`bad format for path: ${text}`);
  if (third !== undefined && !isMode(third)) throw invalidArgument(`bad mode specified: ${third}`);
  const secondIsMode = parts.length === 2 && second !== undefined && isMode(second);
  const inside = second === undefined || secondIsMode ? host : second;
  if (!inside.startsWith("/")) throw invalidArgument(`${inside} is not an absolute path`);
  const same = second === undefined || secondIsMode;
  return {
    PathOnHost: same ? posix.normalize(host) : host,
    PathInContainer: parts.length === 3 ? inside : posix.normalize(inside),
    CgroupPermissions: third ?? (secondIsMode ? second : "rwm"),
  };
}
