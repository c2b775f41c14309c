/** Lower case letters, digits and hyphens. */
export function kubernetesName(name: string): string {
  const clean = name
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return clean.slice(0, 63).replace(/-+$/, "") || "app";
}

/** Names of Services begin with a letter as well. */
export function serviceName(name: string): string {
  const clean = kubernetesName(name);
  return /^[a-z]/.test(clean) ? clean : kubernetesName(`service-${clean}`);
}

/** Two keys that become the same name get numbers. */
export class Names {
  readonly #taken = new Map<string, string>();
  readonly #make: (key: string) => string;

  constructor(make: (key: string) => string = kubernetesName) {
    this.#make = make;
  }

  /** The same key has the same name every time. */
  of(key: string): string {
    const wanted = this.#make(key);
    for (let number = 1; ; number++) {
      const suffix = number === 1 ? "" : `-${number}`;
      const name = wanted.slice(0, 63 - suffix.length) + suffix;
      const owner = this.#taken.get(name);
      if (owner !== undefined && owner !== key) continue;
      this.#taken.set(name, key);
      return name;
    }
  }
}
