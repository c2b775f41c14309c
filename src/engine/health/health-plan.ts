import type { ContainerConfig } from "../../records/container-config.ts";

export type Probe =
  | { readonly kind: "exec"; readonly command: readonly string[] }
  /** Any answer below 400 is healthy. */
  | { readonly kind: "http"; readonly url: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number };

/** How a container is probed, defaults filled in. */
export interface HealthPlan {
  readonly probe: Probe;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly startPeriodMs: number;
  /** Between probes while it is starting and within its start period. */
  readonly startIntervalMs: number;
}

/** Undefined for a container without a health check. */
export function healthPlan(config: Pick<ContainerConfig, "Healthcheck" | "Shell">): HealthPlan | undefined {
  const health = config.Healthcheck;
  const probe = parseProbe(health?.Test ?? [], config.Shell ?? null);
  if (health === undefined || probe === undefined) return undefined;
  return {
    probe,
    intervalMs: millis(health.Interval, 30_000),
    timeoutMs: millis(health.Timeout, 30_000),
    retries: health.Retries || 3,
    startPeriodMs: millis(health.StartPeriod, 0),
    startIntervalMs: millis(health.StartInterval, 5_000),
  };
}

const millis = (nanos: number | undefined, fallback: number) => (nanos ? nanos / 1e6 : fallback);

function parseProbe([kind, ...args]: readonly string[], shell: readonly string[] | null): Probe | undefined {
  const [first = ""] = args;
  switch (kind) {
    case "CMD":
      return args.length === 0 ? undefined : { kind: "exec", command: args };
    case "CMD-SHELL": {
      const prefix = shell !== null && shell.length > 0 ? shell : ["/bin/sh", "-c"];
      return args.length === 0 ? undefined : { kind: "exec", command: [...prefix, ...args] };
    }
    case "HTTP":
      return { kind: "http", url: first };
    case "TCP": {
      const colon = first.lastIndexOf(":");
      const host = first.slice(0, Math.max(colon, 0)).replace(/^\[(.*)\]$/, "$1");
      return { kind: "tcp", host: host || "127.0.0.1", port: Number(first.slice(colon + 1)) };
    }
    default:
      return undefined;
  }
}
