import { invalidArgument } from "../../errors/engine-error.ts";
import { parseDuration } from "../../lib/duration.ts";
import type { Healthcheck } from "../../oci/image-config.ts";
import { jsonStrings } from "./json-form.ts";

/** `[--interval=… --timeout=… …] CMD command` or `NONE`, as after HEALTHCHECK in a Dockerfile. */
export function parseHealthcheck(text: string): Healthcheck {
  const flags = new Map<string, string>();
  let rest = text.trim();
  for (let flag = nextFlag(rest); flag !== undefined; flag = nextFlag(rest)) {
    flags.set(flag.name, flag.value);
    rest = rest.slice(flag.length).trimStart();
  }
  const [, kind = "", command = ""] = /^(\S*)\s*(.*)$/s.exec(rest) ?? [];
  if (kind === "") throw invalidArgument("HEALTHCHECK requires at least one argument");
  if (kind.toUpperCase() === "NONE") {
    if (command !== "") throw invalidArgument("HEALTHCHECK NONE takes no arguments");
    return { Test: ["NONE"] };
  }
  return { Test: parseTest(kind, command), ...parseFlags(flags) };
}

function nextFlag(text: string): { name: string; value: string; length: number } | undefined {
  const match = /^--([^\s=]+)(?:=(\S*))?/.exec(text);
  if (match === null) return undefined;
  const [all, name = "", value] = match;
  if (value === undefined) throw invalidArgument(`Missing a value on flag: ${name}`);
  return { name, value, length: all.length };
}

function parseTest(kind: string, command: string): readonly string[] {
  if (kind.toUpperCase() !== "CMD") {
    throw invalidArgument(`Unknown type ${JSON.stringify(kind)} in HEALTHCHECK (try CMD)`);
  }
  const json = jsonStrings(command);
  if (command === "" || json?.length === 0) throw invalidArgument("Missing command after HEALTHCHECK CMD");
  return json === undefined ? ["CMD-SHELL", command] : ["CMD", ...json];
}

const pauses: Readonly<Record<string, "Interval" | "Timeout" | "StartPeriod" | "StartInterval">> = {
  interval: "Interval",
  timeout: "Timeout",
  "start-period": "StartPeriod",
  "start-interval": "StartInterval",
};

function parseFlags(flags: ReadonlyMap<string, string>): Healthcheck {
  const health: Record<string, number> = {};
  for (const [name, value] of flags) {
    if (name === "retries") health.Retries = parseRetries(value);
    else if (pauses[name] !== undefined) health[pauses[name]] = parsePause(name, value);
    else throw invalidArgument(`unknown flag: --${name}`);
  }
  return health;
}

function parseRetries(value: string): number {
  if (!/^[-+]?\d+$/.test(value)) {
    throw invalidArgument(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
  }
  const retries = Number(value);
  if (retries < 1) throw invalidArgument(`--retries must be at least 1 (not ${retries})`);
  return retries;
}

function parsePause(name: string, value: string): number {
  const nanos = parseDuration(value);
  if (nanos === undefined) {
    const isBare = /^[-+]?\d+(?:\.\d*)?$/.test(value);
    throw invalidArgument(
      `time: ${isBare ? "missing unit in" : "invalid"} duration ${JSON.stringify(value)}`,
    );
  }
  if (nanos < 1_000_000) throw invalidArgument(`Interval ${JSON.stringify(name)} cannot be less than 1ms`);
  return nanos;
}
