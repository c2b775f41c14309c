import { isMap, type YamlMap, type YamlValue } from "../../yaml/yaml-value.ts";
import { ownEntry } from "../own-entry.ts";

type Environment = Readonly<Record<string, string>>;

/** Where a tree keeps what a secret is: the schema knows no such attribute, but leaves `x-` keys alone. */
export const secretContent = "x-#value";

/** What names a variable alone takes its value: in `environment`, and in configs and secrets made of one. */
export function takeVariables(model: YamlMap, environment: Environment): void {
  for (const service of entriesOf(model.services)) {
    const list = service.environment;
    if (!Array.isArray(list)) continue;
    for (const [index, entry] of list.entries()) {
      const value = typeof entry === "string" ? ownEntry(environment, entry) : undefined;
      if (value !== undefined) list[index] = `${entry}=${value}`;
    }
  }
  takeContents(model.configs, "content", environment);
  takeContents(model.secrets, secretContent, environment);
}

function takeContents(section: YamlValue | undefined, key: string, environment: Environment): void {
  for (const object of entriesOf(section)) {
    const value =
      typeof object.environment === "string" ? ownEntry(environment, object.environment) : undefined;
    if (value !== undefined) object[key] = value;
  }
}

function entriesOf(section: YamlValue | undefined): YamlMap[] {
  return isMap(section) ? Object.values(section).filter(isMap) : [];
}
