import type { Yaml } from "../../lib/yaml-text.ts";
import type { Manifest, YamlMap } from "./conversion.ts";
import { kubernetesName } from "./name.ts";

/** Volumes of one Pod, which its containers share, each under one name. */
export class PodVolumes {
  readonly #sources = new Map<string, YamlMap>();
  readonly manifests: Manifest[] = [];
  /** Volumes the workload makes for each replica. */
  readonly templates = new Set<string>();

  /** Answers with the name; the same source has it once. */
  add(wish: string, source: YamlMap): string {
    const wanted = kubernetesName(wish);
    const text = JSON.stringify(source);
    for (let number = 1; ; number++) {
      const suffix = number === 1 ? "" : `-${number}`;
      const name = wanted.slice(0, 63 - suffix.length) + suffix;
      const there = this.#sources.get(name);
      if (this.templates.has(name) || (there && JSON.stringify(there) !== text)) continue;
      this.#sources.set(name, source);
      return name;
    }
  }

  get list(): readonly Yaml[] {
    return [...this.#sources].map(([name, source]) => ({ name, ...source }));
  }
}

/** Mounts of one container; a path is taken once. */
export class Mounts {
  readonly #byPath = new Map<string, YamlMap>();

  add(path: string, mount: YamlMap): boolean {
    if (this.#byPath.has(path)) return false;
    this.#byPath.set(path, { ...mount, mountPath: path });
    return true;
  }

  get list(): readonly Yaml[] {
    return [...this.#byPath.values()];
  }
}

/** Keys of ConfigMaps and Secrets have fewer letters than names of files. */
export function fileKey(name: string): string {
  return name.replace(/[^-._a-zA-Z0-9]/g, "-").slice(0, 253) || "content";
}
