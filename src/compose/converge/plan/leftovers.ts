import type { ObservedContainer } from "../../observe/observed.ts";

/**
 * A container has its place taken in steps: the successor is made under `<id of the old>_<name>`,
 * the old one is stopped and removed, the successor gets the name. docker-compose 1.x gives that
 * name to the old one instead. Whoever died in between left one of these behind.
 */
export type Leftover =
  /** Both are there: either may stay. */
  | {
      readonly kind: "pair";
      readonly successor: ObservedContainer;
      readonly old: ObservedContainer;
      readonly name: string;
    }
  /** Only the name is missing. */
  | { readonly kind: "unnamed"; readonly container: ObservedContainer; readonly name: string }
  /** Another one has its place already. */
  | { readonly kind: "superfluous"; readonly container: ObservedContainer };

export interface Sorted {
  readonly standing: readonly ObservedContainer[];
  readonly leftovers: readonly Leftover[];
}

/** Tells the containers of one service that stand from what interruptions left. */
export function findLeftovers(containers: readonly ObservedContainer[]): Sorted {
  const leftovers: Leftover[] = [];
  const taken = new Set<string>();
  const odd = containers.filter((container) => temporaryName(container) !== undefined);
  const named = containers.filter((container) => !odd.includes(container));
  for (const container of odd) {
    if (taken.has(container.id)) continue;
    const name = temporaryName(container) ?? container.name;
    const replaced = container.replaces;
    const old = containers.find(({ id }) => replaced !== undefined && id.startsWith(replaced));
    taken.add(container.id);
    if (old && !taken.has(old.id) && old.number === container.number) {
      taken.add(old.id);
      leftovers.push({ kind: "pair", successor: container, old, name });
    } else if (named.some((other) => other.name === name || other.number === container.number)) {
      leftovers.push({ kind: "superfluous", container });
    } else {
      leftovers.push({ kind: "unnamed", container, name });
    }
  }
  return { standing: containers.filter(({ id }) => !taken.has(id)), leftovers };
}

/** The name it should get, of a container that bears one for the time of its replacement. */
function temporaryName({ id, name, replaces }: ObservedContainer): string | undefined {
  const prefix = replaces ?? (name.startsWith(`${id.slice(0, 12)}_`) ? id.slice(0, 12) : undefined);
  return prefix === undefined ? undefined : name.slice(prefix.length + 1);
}
