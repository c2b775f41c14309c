interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/** Every attribute a definition knows, as `ports[].target` and `networks.*.aliases`; extensions left out. */
export function attributePaths(root: unknown, definition: string): string[] {
  const schema = root as Schema;
  const found = new Set<string>();
  walk(resolved(schema.definitions?.[definition] ?? {}), "");
  return [...found].sort();

  function resolved(part: Schema): Schema {
    const name = part.$ref?.replace("#/definitions/", "").replace("#/$defs/", "");
    return name === undefined ? part : (schema.definitions?.[name] ?? {});
  }

  function walk(part: Schema, path: string): void {
    for (const [key, inner] of Object.entries(part.properties ?? {})) {
      const at = path === "" ? key : `${path}.${key}`;
      found.add(at);
      walk(resolved(inner), at);
    }
    for (const inner of [...(part.oneOf ?? []), ...(part.anyOf ?? []), ...(part.allOf ?? [])]) {
      walk(resolved(inner), path);
    }
    if (part.items) walk(resolved(part.items), `${path}[]`);
    for (const [pattern, inner] of Object.entries(part.patternProperties ?? {})) {
      if (!pattern.startsWith("^x-")) walk(resolved(inner), `${path}.*`);
    }
    if (typeof part.additionalProperties === "object") walk(resolved(part.additionalProperties), `${path}.*`);
  }
}
