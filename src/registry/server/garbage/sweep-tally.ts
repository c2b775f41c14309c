import type { Swept } from "./sweep.ts";

/** Counts what went, and says it in a sentence. */
export class SweepTally {
  #bytes = 0;
  readonly #counts = new Map<Swept["kind"], number>();

  add(swept: Swept): void {
    const count = swept.kind === "leftovers" ? swept.count : 1;
    this.#counts.set(swept.kind, (this.#counts.get(swept.kind) ?? 0) + count);
    if (swept.kind === "blob") this.#bytes += swept.size;
  }

  get count(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** `2 manifests, 3 blobs (12.4MB)`. */
  summary(): string {
    const parts = kinds.flatMap(([kind, one, many]) => {
      const count = this.#counts.get(kind) ?? 0;
      if (count === 0) return [];
      const size = kind === "blob" ? ` (${humanSize(this.#bytes)})` : "";
      return [`${count} ${count === 1 ? one : many}${size}`];
    });
    return parts.length === 0 ? "nothing" : parts.join(", ");
  }
}

const kinds: readonly (readonly [Swept["kind"], string, string])[] = [
  ["manifest", "manifest", "manifests"],
  ["link", "link to a blob", "links to blobs"],
  ["blob", "blob", "blobs"],
  ["upload", "unfinished upload", "unfinished uploads"],
  ["repository", "empty repository", "empty repositories"],
  ["leftovers", "leftover file", "leftover files"],
];

/** One line for a person who wants to see each thing that goes. */
export function describeSwept(swept: Swept): string {
  switch (swept.kind) {
    case "manifest":
      return `manifest ${swept.repository}@${swept.digest}`;
    case "link":
      return `link ${swept.repository}@${swept.digest}`;
    case "repository":
      return `repository ${swept.repository}`;
    case "blob":
      return `blob ${swept.digest} ${humanSize(swept.size)}`;
    case "upload":
      return `upload ${swept.key.slice(0, 36)}`;
    case "leftovers":
      return `${swept.count} leftover files`;
    default:
      return swept satisfies never;
  }
}

/** Powers of a thousand, as Docker shows sizes. */
export function humanSize(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  return `${unit === 0 ? value : value.toPrecision(value >= 100 ? 3 : 2)}${units[unit]}`;
}
