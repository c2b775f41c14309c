import { invalidArgument } from "../../errors/engine-error.ts";
import type { Healthcheck } from "../../oci/image-config.ts";

/** A health check with its defaults filled in; durations in milliseconds. */
export interface HealthSettings {
  readonly test: readonly string[];
  readonly interval: number;
  readonly timeout: number;
  readonly startPeriod: number;
  readonly startInterval: number;
  readonly retries: number;
}

const nanosecondsPerMillisecond = 1_000_000;

/** Undefined where nothing is to be checked: no test, or `NONE`. */
export function healthSettings(check: Healthcheck | undefined): HealthSettings | undefined {
  const test = check?.Test ?? [];
  if (!check || test.length === 0 || test[0] === "NONE") return undefined;
  const ms = (value: number | undefined, otherwise: number) =>
    value ? value / nanosecondsPerMillisecond : otherwise;
  return {
    test,
    interval: ms(check.Interval, 30_000),
    timeout: ms(check.Timeout, 30_000),
    startPeriod: ms(check.StartPeriod, 0),
    startInterval: ms(check.StartInterval, 5_000),
    retries: check.Retries && check.Retries > 0 ? check.Retries : 3,
  };
}

const durations = ["Interval", "Timeout", "StartPeriod", "StartInterval"] as const;
const kinds = ["NONE", "CMD", "CMD-SHELL", "HTTP", "TCP"];

/** Refuses at create time what could never run, with Docker's words where it has some. */
export function checkHealthcheck(check: Healthcheck | undefined): void {
  if (!check) return;
  for (const name of durations) {
    const value = check[name];
    if (value && value < nanosecondsPerMillisecond)
      throw invalidArgument(`${name} in Healthcheck cannot be less than 1ms`);
  }
  if (check.Retries && check.Retries < 0) throw invalidArgument("Retries in Healthcheck cannot be negative");
  const [kind, ...rest] = check.Test ?? [];
  if (kind === undefined) return;
  if (!kinds.includes(kind))
    throw invalidArgument(`unknown type "${kind}" in Healthcheck (expected ${kinds.join(", ")})`);
  if (kind === "NONE" ? rest.length > 0 : rest.length === 0 || (kind !== "CMD" && rest.length > 1))
    throw invalidArgument(`wrong number of arguments for "${kind}" in Healthcheck`);
  if (kind === "HTTP") httpTarget(rest[0] ?? "");
  if (kind === "TCP") tcpTarget(rest[0] ?? "");
}

export interface Target {
  readonly host: string;
  readonly port: number;
}

/** `host:port`, `[v6]:port`, or a port alone for the container's own loopback. */
export function tcpTarget(text: string): Target {
  const parts = /^(?:(?:\[([^\]]+)\]|([^:]*)):)?(\d{1,5})$/.exec(text);
  const port = Number(parts?.[3]);
  if (!parts || port < 1 || port > 65535)
    throw invalidArgument(`invalid target "${text}" of a TCP health check (expected host:port)`);
  return { host: parts[1] ?? (parts[2] || "127.0.0.1"), port };
}

/** Only plain HTTP: a probe of the own container needs no certificates. */
export function httpTarget(text: string): Target & { readonly path: string; readonly header: string } {
  const url = URL.parse(text);
  if (url?.protocol !== "http:" || url.hostname === "" || url.username !== "")
    throw invalidArgument(
      `invalid target "${text}" of an HTTP health check (expected http://host[:port]/path)`,
    );
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? 80 : Number(url.port),
    path: `${url.pathname}${url.search}`,
    header: url.host,
  };
}
