import type { Network } from "../../../protocol/generated/types.ts";

/** The oldest first; the same for everybody who asks. */
export function byAge(a: Network, b: Network): number {
  const [first, second] = [a, b].map(({ Created: created, Id: id }) => `${created ?? ""} ${id ?? ""}`);
  return (first ?? "") < (second ?? "") ? -1 : 1;
}
