import { invalidArgument } from "../../errors/engine-error.ts";

/** The third part of `-v source:target:mode`, word by word. */
export interface BindMode {
  readonly readOnly: boolean;
  /** Empty when no word said it. */
  readonly propagation: string;
  readonly noCopy: boolean;
}

const access = ["ro", "rw"];
const labels = ["z", "Z"];
export const propagations: readonly string[] = [
  "private",
  "rprivate",
  "slave",
  "rslave",
  "shared",
  "rshared",
];
const copies = ["nocopy"];
export const consistencies: readonly string[] = ["default", "consistent", "cached", "delegated"];
const families = [access, labels, propagations, copies, consistencies.slice(1)];

/** Whether each word is known and no family of words is there twice. The empty mode is fine. */
export function isBindMode(mode: string): boolean {
  if (mode === "") return true;
  const seen = new Set<readonly string[]>();
  for (const word of mode.split(",")) {
    const family = families.find((words) => words.includes(word));
    if (!family || seen.has(family)) return false;
    seen.add(family);
  }
  return true;
}

export function parseBindMode(mode: string): BindMode {
  if (!isBindMode(mode)) throw invalidArgument(`invalid mode: ${mode}`);
  const words = mode.split(",");
  return {
    readOnly: words.includes("ro"),
    propagation: words.find((word) => propagations.includes(word)) ?? "",
    noCopy: words.includes("nocopy"),
  };
}

/** `container[:mode]`; the mode may only say what it does to another container's mounts. */
export function parseVolumesFrom(spec: string): { container: string; readOnly: boolean } {
  if (spec === "") throw invalidArgument("volumes-from specification cannot be an empty string");
  const colon = spec.indexOf(":");
  const container = colon < 0 ? spec : spec.slice(0, colon);
  const text = colon < 0 ? "" : spec.slice(colon + 1);
  const mode = parseBindMode(text);
  if (mode.propagation !== "" || mode.noCopy) throw invalidArgument(`invalid mode: ${text}`);
  if (container === "") throw invalidArgument('invalid name or ID supplied: ""');
  return { container, readOnly: mode.readOnly };
}
