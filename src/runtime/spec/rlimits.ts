import { invalidArgument } from "../../errors/engine-error.ts";
import type { SpecRlimit } from "../../oci/runtime-spec.ts";
import type { Ulimit } from "../../records/container-config.ts";

const names = new Set(
  "as core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack".split(
    " ",
  ),
);

/** 2^64 - 1, which the specification uses for "no limit"; the nearest double that JSON can carry is not it. */
export const unlimited = -1;

/**
 * The container's limits, the engine's defaults behind them. `hardOf` gives the
 * engine's own hard limits where it has no right to raise them: asking for more would
 * make the runtime fail, so it is cut down and said.
 */
export function planRlimits(
  own: readonly Ulimit[],
  defaults: readonly Ulimit[],
  hardOf: (name: string) => number | undefined,
  warn: (message: string) => void,
): readonly SpecRlimit[] {
  const merged = new Map<string, Ulimit>();
  for (const limit of [...defaults, ...own]) {
    if (!names.has(limit.Name)) throw invalidArgument(`invalid ulimit type: ${limit.Name}`);
    merged.set(limit.Name, limit);
  }
  return [...merged.values()].map(({ Name, Soft, Hard }) => {
    const ceiling = hardOf(Name);
    const cut = (value: number) =>
      ceiling !== undefined && (value === unlimited || value > ceiling) ? ceiling : value;
    if (cut(Hard) !== Hard) {
      warn(
        `the engine may not raise limits (no CAP_SYS_RESOURCE): ulimit ${Name}=${Soft}:${Hard} is cut to ${cut(Soft)}:${cut(Hard)}`,
      );
    }
    return { type: `RLIMIT_${Name.toUpperCase()}`, soft: cut(Soft), hard: cut(Hard) };
  });
}
