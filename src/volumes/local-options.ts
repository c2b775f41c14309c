import { invalidArgument } from "../errors/engine-error.ts";

/** The mount behind a volume of the local driver made with `type`, `o` and `device`. */
export interface LocalMount {
  readonly type: string;
  readonly device: string;
  /** The words of `o`, in order. */
  readonly options: readonly string[];
}

const known: readonly string[] = ["type", "o", "device", "size"];
const needs = [
  ["device", ["type"]],
  ["type", ["device"]],
  ["o", ["device", "type"]],
] as const;

/** Checks the driver options of a volume; Docker's words, in front of which the caller puts `create NAME: `. */
export function checkLocalOptions(options: Readonly<Record<string, string>>): void {
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) throw invalidArgument(`invalid option: "${key}"`);
  }
  if (options.size !== undefined) throw invalidArgument("quota size requested but no quota support");
  for (const [key, others] of needs) {
    if (options[key] === undefined) continue;
    const missing = others.find((other) => options[other] === undefined);
    if (missing) throw invalidArgument(`missing required option: "${missing}"`);
  }
}

/** Undefined for a volume that is a plain directory. */
export function localMountOf(options: Readonly<Record<string, string>>): LocalMount | undefined {
  const { type, device, o } = options;
  if (type === undefined && device === undefined) return undefined;
  if (!device) throw invalidArgument("missing device in volume options");
  return { type: type ?? "", device, options: (o ?? "").split(",").filter((word) => word !== "") };
}
