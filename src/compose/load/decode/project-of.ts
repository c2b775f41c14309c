import type { Project } from "../../model/project.ts";
import type { ConfigFile, Model, Network, Volume } from "../../model/resources.ts";
import type { Service } from "../../model/service.ts";
import * as shapes from "../../model/shapes/project.ts";
import { service as serviceShape } from "../../model/shapes/service.ts";
import type { Shape } from "../../model/shapes/shape.ts";
import type { LoadedModel } from "../load-model.ts";
import { extensionsOf, ModelDecoder } from "./decode-model.ts";

/** Makes a project of a model; all its services are enabled still. */
export function projectOf({ model, name, options, environment }: LoadedModel): Project {
  const decoder = new ModelDecoder(model);
  // The shapes are the model's types as data: what they decode has these types.
  const section = <T>(key: string, shape: Shape) =>
    decoder.mapOf(shape, model[key] ?? {}, [key], false) as Record<string, T>;
  return {
    name,
    workingDir: options.projectDirectory,
    composeFiles: options.files,
    envFiles: options.envFiles,
    environment,
    profiles: options.profiles,
    services: withNames(section<Service>("services", serviceShape)),
    disabledServices: {},
    networks: section<Network>("networks", shapes.network),
    volumes: section<Volume>("volumes", shapes.volume),
    secrets: section<ConfigFile>("secrets", shapes.fileObject),
    configs: section<ConfigFile>("configs", shapes.fileObject),
    models: section<Model>("models", shapes.model),
    extensions: extensionsOf(model) ?? {},
  };
}

function withNames(services: Record<string, Service>): Record<string, Service> {
  const named = Object.entries(services).map(([name, service]) => [name, { ...service, name }]);
  return Object.fromEntries(named);
}
