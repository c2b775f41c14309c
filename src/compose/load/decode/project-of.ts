import type { Project } from "../../model/project.ts";
import type { ConfigFile, Model, Network, Volume } from "../../model/resources.ts";
import type { Service } from "../../model/service.ts";
import * as shapes from "../../model/shapes/project.ts";
import { service as serviceShape } from "../../model/shapes/service.ts";
import type { Shape } from "../../model/shapes/shape.ts";
import { rememberFiles } from "../complete/service-files.ts";
import { secretContent } from "../complete/variables.ts";
import type { LoadedModel } from "../load-model.ts";
import { Problems } from "../problem.ts";
import { extensionsOf, ModelDecoder } from "./decode-model.ts";

// trail: compose config
/** Makes a project of a model; all its services are enabled still. */
export function projectOf({ model, name, options, environment }: LoadedModel): Project {
  const problems = new Problems();
  const decoder = new ModelDecoder(model, problems);
  // The shapes are the model's types as data: what they decode has these types.
  const section = <T>(key: string, shape: Shape) =>
    decoder.mapOf(shape, model[key] ?? {}, [key], false) as Record<string, T>;
  const services = withNames(section<Service>("services", serviceShape));
  rememberFiles(services, model);
  const project: Project = {
    name,
    workingDir: options.projectDirectory,
    composeFiles: options.files,
    envFiles: options.envFiles,
    environment,
    profiles: options.profiles,
    services,
    disabledServices: {},
    networks: section<Network>("networks", shapes.network),
    volumes: section<Volume>("volumes", shapes.volume),
    secrets: withContents(section<ConfigFile>("secrets", shapes.fileObject)),
    configs: section<ConfigFile>("configs", shapes.fileObject),
    models: section<Model>("models", shapes.model),
    extensions: extensionsOf(model) ?? {},
  };
  problems.throwAll();
  return project;
}

function withContents(secrets: Record<string, ConfigFile>): Record<string, ConfigFile> {
  const filled = Object.entries(secrets).map(([name, secret]): [string, ConfigFile] => {
    const { [secretContent]: content, ...others } = secret.extensions ?? {};
    if (typeof content !== "string") return [name, secret];
    const { extensions: _with, ...rest } = secret;
    return [name, { ...rest, content, ...(Object.keys(others).length > 0 && { extensions: others }) }];
  });
  return Object.fromEntries(filled);
}

function withNames(services: Record<string, Service>): Record<string, Service> {
  const named = Object.entries(services).map(([name, service]) => [name, { ...service, name }]);
  return Object.fromEntries(named);
}
