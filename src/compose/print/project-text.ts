import type { Project } from "../model/project.ts";
import type { ConfigFile } from "../model/resources.ts";
import { project as projectShape } from "../model/shapes/project.ts";
import { indentedJson } from "./go-json.ts";
import type { GoValue } from "./go-value.ts";
import { yamlDocument } from "./go-yaml.ts";
import { compareBytes } from "./key-order.ts";
import { addExtensions, anyView, shapeView } from "./shape-view.ts";

export type ConfigFormat = "yaml" | "json";

// trail: compose config
/** A project as `docker compose config` prints it. A dollar sign is doubled: what is printed can be read again. */
export function projectText(project: Project, format: ConfigFormat): string {
  const text = format === "yaml" ? yamlDocument(yamlView(project)) : indentedJson(jsonView(project));
  return text.replaceAll("$", "$$$$");
}

/** A model that was not read into structures (`--no-interpolate`), as it is. */
export function modelText(model: Readonly<Record<string, unknown>>, format: ConfigFormat): string {
  const view = anyView(model, format);
  return format === "yaml" ? yamlDocument(view) : indentedJson(view);
}

const yamlView = (project: Project) => shapeView(projectShape, withoutContents(project), "yaml");

/** JSON has the keys of the project sorted, its `x-` keys among them, and the name even when there is none. */
function jsonView(project: Project): GoValue {
  const fields = new Map(shapeView(projectShape, withoutContents(project), "json"));
  if (!fields.has("name")) fields.set("name", project.name);
  addExtensions(fields, project.extensions, "json");
  return new Map([...fields].sort(([left], [right]) => compareBytes(left, right)));
}

/** What a secret says is never shown, what a config has from a variable is not either. */
function withoutContents(project: Project): Project {
  return {
    ...project,
    secrets: mapValues(project.secrets, withoutContent),
    configs: mapValues(project.configs, (config) => (config.environment ? withoutContent(config) : config)),
  };
}

function withoutContent({ content: _, ...rest }: ConfigFile): ConfigFile {
  return rest;
}

function mapValues<Item>(items: Readonly<Record<string, Item>>, change: (item: Item) => Item) {
  return Object.fromEntries(Object.entries(items).map(([key, item]) => [key, change(item)]));
}
