import { posix } from "node:path";
import type { Healthcheck } from "../../../oci/image-config.ts";
import type { ContainerConfig } from "../../../records/container-config.ts";
import { parseSignal } from "../signals.ts";
import { quoted, refuse } from "./draft.ts";

const longestHostname = 64;

/** Checks what the container is to be, apart from the host; returns it with a tidy working directory. */
export function checkConfig(config: ContainerConfig): ContainerConfig {
  if (config.WorkingDir !== "" && !posix.isAbsolute(config.WorkingDir)) {
    throw refuse(`the working directory '${config.WorkingDir}' is invalid, it needs to be an absolute path`);
  }
  if (config.StopSignal !== undefined && config.StopSignal !== "") parseSignal(config.StopSignal);
  for (const variable of config.Env) {
    if (variable === "" || variable.startsWith("=") || variable.includes("\0")) {
      throw refuse(`invalid environment variable: ${variable}`);
    }
  }
  if (config.Healthcheck !== undefined) checkHealthcheck(config.Healthcheck);
  checkHostname(config.Hostname, "hostname");
  checkHostname(config.Domainname, "domainname");
  for (const port of Object.keys(config.ExposedPorts ?? {})) checkExposedPort(port);
  if (config.WorkingDir === "") return config;
  // As Go's path cleaning: no slash at the end.
  return { ...config, WorkingDir: posix.normalize(config.WorkingDir).replace(/(.)\/$/, "$1") };
}

function checkHostname(name: string, what: string): void {
  if (Buffer.byteLength(name) > longestHostname) {
    throw refuse(`${what} ${quoted(name)} is too long (maximum ${longestHostname} bytes)`);
  }
  // The kernel takes anything, but the name goes into /etc/hosts and /etc/hostname as well.
  if ([...name].some((character) => character <= " " || character === "\x7f" || character === "/")) {
    throw refuse(`invalid ${what} format: ${name}`);
  }
}

function checkExposedPort(spec: string): void {
  const match = /^(\d+)(?:-(\d+))?(?:\/(tcp|udp|sctp))?$/i.exec(spec);
  const [, first = "0", last = first] = match ?? [];
  if (Number(first) < 1 || Number(last) > 65535 || Number(first) > Number(last)) {
    throw refuse(`invalid port specification: ${quoted(spec)}`);
  }
}

const shortestNanos = 1_000_000;

export function checkHealthcheck(health: Healthcheck): void {
  checkProbe(health.Test ?? []);
  for (const name of ["Interval", "Timeout"] as const) checkPause(name, health[name]);
  if ((health.Retries ?? 0) < 0) throw refuse("Retries in Healthcheck cannot be negative");
  for (const name of ["StartPeriod", "StartInterval"] as const) checkPause(name, health[name]);
}

function checkPause(name: string, nanos = 0): void {
  if (nanos !== 0 && nanos < shortestNanos) {
    throw refuse(`${name} in Healthcheck cannot be less than 1ms`);
  }
}

function checkProbe([kind, ...args]: readonly string[]): void {
  switch (kind) {
    case undefined:
      return;
    case "NONE":
      if (args.length > 0) throw refuse("Test in Healthcheck: NONE takes no arguments");
      return;
    case "CMD":
    case "CMD-SHELL":
      if (args.length === 0) throw refuse(`Test in Healthcheck: missing command after ${kind}`);
      return;
    default:
      throw refuse(`Test in Healthcheck: unknown type ${quoted(kind)}, use one of NONE, CMD or CMD-SHELL`);
  }
}
