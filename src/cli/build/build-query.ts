import type { Query } from "../../client/engine-client.ts";
import type { BuildFlags } from "./build-flags.ts";
import { labelMap } from "./build-variables.ts";

/** The parameters that every engine's builder knows. */
export function classicQuery(flags: BuildFlags, variables: Record<string, string>): Query {
  const json = (value: object) => (Object.keys(value).length > 0 ? JSON.stringify(value) : undefined);
  const number = (value: number) => (value === 0 ? undefined : value);
  const text = (value: string) => (value === "" ? undefined : value);
  const ulimits = [...flags.ulimit.values()].sort((a, b) => (a.Name < b.Name ? -1 : 1));
  return {
    t: flags.tag,
    q: flags.quiet || undefined,
    nocache: flags["no-cache"] || undefined,
    pull: flags.pull || undefined,
    rm: flags.rm ?? true,
    forcerm: flags["force-rm"] || undefined,
    memory: number(flags.memory),
    memswap: number(flags["memory-swap"]),
    cpushares: number(flags["cpu-shares"]),
    cpuperiod: number(flags["cpu-period"]),
    cpuquota: number(flags["cpu-quota"]),
    cpusetcpus: text(flags["cpuset-cpus"]),
    cpusetmems: text(flags["cpuset-mems"]),
    cgroupparent: text(flags["cgroup-parent"]),
    isolation: text(flags.isolation),
    securityopt: flags["security-opt"],
    shmsize: number(flags["shm-size"]),
    networkmode: flags.network === "default" ? undefined : flags.network,
    extrahosts: flags["add-host"],
    target: text(flags.target),
    platform: text(flags.platform.join(",")),
    squash: flags.squash || undefined,
    buildargs: json(variables),
    labels: json(labelMap(flags.label)),
    ulimits: ulimits.length > 0 ? JSON.stringify(ulimits) : undefined,
  };
}

/** What only Hull's engine understands, by the flag that asks for it. */
export function extensionQuery(flags: BuildFlags): Query {
  const json = (values: readonly unknown[]) => (values.length > 0 ? JSON.stringify(values) : undefined);
  return {
    allow: json(flags.allow),
    check: flags.check || undefined,
    explain: flags.explain || undefined,
    nocachefilter: json(flags["no-cache-filter"].flatMap((stages) => stages.split(","))),
    unset: json(flags.unset),
    onerror: flags["on-error"] || undefined,
  };
}

/** Flags that a stock engine's classic builder cannot honour. */
export function beyondClassic(flags: BuildFlags): string[] {
  const lists = [
    ...["allow", "build-context", "cache-to", "no-cache-filter", "output", "secret", "ssh", "unset"],
  ] as const;
  const asked: string[] = lists.filter(
    (name) => (flags[name as keyof BuildFlags] as readonly string[]).length > 0,
  );
  for (const name of ["check", "explain", "load", "push"] as const) {
    // Images are always loaded there.
    if (flags[name] && name !== "load") asked.push(name);
  }
  for (const name of ["on-error", "metadata-file"] as const) if (flags[name] !== "") asked.push(name);
  if (flags.platform.flatMap((words) => words.split(",")).length > 1) asked.push("platform");
  if (flags["cache-from"].some((text) => text.includes("="))) asked.push("cache-from");
  return asked.map((name) => `--${name}`).sort();
}
