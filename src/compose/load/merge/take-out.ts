import type { YamlMark } from "../../yaml/read-yaml.ts";
import { isMap, type YamlMap } from "../../yaml/yaml-value.ts";
import { ownEntry } from "../own-entry.ts";

/** Takes out of `base` what `!reset` and `!override` of a later file say. Entries of lists cannot be taken out. */
export function takeOut(base: YamlMap, marks: readonly YamlMark[]): void {
  for (const { path } of marks) {
    const last = path.at(-1);
    let container: YamlMap | undefined = base;
    for (const step of path.slice(0, -1)) {
      const below: YamlMap[string] | undefined =
        typeof step === "string" ? container && ownEntry(container, step) : undefined;
      container = isMap(below) ? below : undefined;
    }
    if (container && typeof last === "string") delete container[last];
  }
}
